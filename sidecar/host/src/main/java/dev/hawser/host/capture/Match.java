package dev.hawser.host.capture;

import java.util.List;

/** What a rule asks of a packet. */
sealed interface Match {
  /** The packet has this mark. */
  record Marked(int mark) implements Match {}

  /** One of these users sent it. */
  record Users(List<Long> ids) implements Match {}

  /** One of these groups sent it. */
  record Groups(List<Long> ids) implements Match {}

  /** It is of this protocol. */
  record Of(Transport transport) implements Match {}

  /** It goes to one of these ports or, if {@code not}, to none of them. */
  record ToPorts(Transport transport, List<PortRange> ports, boolean not) implements Match {}

  /** It comes from this port. */
  record FromPort(Transport transport, int port) implements Match {}

  /**
   * It goes to one of these addresses or, if {@code not}, to none of them; all are of one family,
   * and of the other no packet matches.
   */
  record ToAddresses(List<Cidr> blocks, boolean not) implements Match {}

  /** It is IPv4, or IPv6. */
  record Family(boolean v6) implements Match {}

  /** It leaves this host for itself. */
  record ToItself() implements Match {}

  /** It comes from this host itself. */
  record FromItself() implements Match {}

  /** It passes through, or goes to many. */
  record NotForThisHost() implements Match {}

  /** TCP or UDP. */
  enum Transport {
    TCP,
    UDP;

    String word() {
      return this == TCP ? "tcp" : "udp";
    }
  }
}
