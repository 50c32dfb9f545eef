package dev.hawser.host.capture;

import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What is captured on a host, and what is not. A value: the same plan gives the same rules.
 *
 * @param proxy where captured traffic goes
 * @param own whose traffic is never captured, so that the proxy's does not come back to it
 * @param resolvers users whose own DNS is not captured, as that of a resolver on this host which
 *     the proxy asks in turn
 * @param ssh ports that are never captured, in either direction; 22 always belongs to them
 * @param outbound what applications open
 * @param destinations where to they open it
 * @param inbound what comes for applications
 * @param ipv6 whether IPv6 is captured as well
 */
public record CapturePlan(
    Proxy proxy,
    Own own,
    List<Long> resolvers,
    List<PortRange> ssh,
    Traffic outbound,
    Destinations destinations,
    Traffic inbound,
    boolean ipv6) {
  /** The port of SSH (RFC 4253). */
  public static final int SSH = 22;

  /** Of users and groups; the highest value means none. */
  static final long MAX_ID = 0xffff_fffeL;

  public CapturePlan {
    resolvers = ids("resolver's user", resolvers);
    ssh = PortRange.merged(Stream.concat(Stream.of(PortRange.of(SSH)), ssh.stream()).toList());
    for (PortRange range : ssh) {
      for (int port : proxy.all()) {
        if (range.contains(port)) {
          throw new IllegalArgumentException(
              "port " + port + " is of SSH and of the proxy (expected: of one of them)");
        }
      }
    }
  }

  /**
   * The proxy's ports.
   *
   * @param outbound that takes what applications open, at all addresses of loopback
   * @param inbound that takes what comes for applications, at all addresses
   * @param dns that answers DNS over UDP and TCP, at all addresses of loopback; empty: DNS is not
   *     captured
   * @param open further ports that others reach the proxy at, e.g. for metrics and readiness
   */
  public record Proxy(int outbound, int inbound, OptionalInt dns, List<PortRange> open) {
    public Proxy {
      open = PortRange.merged(open);
      Set<Integer> all = new TreeSet<>();
      List<Integer> given =
          dns.isPresent() ? List.of(outbound, inbound, dns.getAsInt()) : List.of(outbound, inbound);
      for (int port : given) {
        if (!all.add(PortRange.of(port).first())) {
          throw new IllegalArgumentException(
              "port "
                  + port
                  + " is given twice (expected: one port each for outbound, inbound, DNS)");
        }
      }
    }

    private List<Integer> all() {
      return dns.isPresent()
          ? List.of(outbound, inbound, dns.getAsInt())
          : List.of(outbound, inbound);
    }
  }

  /**
   * Whose packets are the proxy's.
   *
   * @param users by number
   * @param groups by number
   * @param mark of packets that are left alone, whoever sends them; not 0
   */
  public record Own(List<Long> users, List<Long> groups, int mark) {
    public Own {
      users = ids("user", users);
      groups = ids("group", groups);
      if (users.isEmpty() && groups.isEmpty()) {
        throw new IllegalArgumentException(
            "neither a user nor a group is the proxy's (expected: one, or its own connections would"
                + " come back to it)");
      }
      if (mark == 0) {
        throw new IllegalArgumentException(
            "mark: 0 (expected: another, since every packet has it)");
      }
    }
  }

  /**
   * By destination port.
   *
   * @param excluded what is left alone
   * @param included what alone is captured of the rest; empty: all of it
   */
  public record Traffic(List<PortRange> excluded, List<PortRange> included) {
    /** All ports. */
    public static final Traffic ALL = new Traffic(List.of(), List.of());

    public Traffic {
      excluded = PortRange.merged(excluded);
      included = PortRange.merged(included);
    }
  }

  /**
   * By destination address.
   *
   * @param excluded what is left alone
   * @param included what alone is captured of the rest; empty: all of it
   */
  public record Destinations(List<Cidr> excluded, List<Cidr> included) {
    /** All addresses. */
    public static final Destinations ALL = new Destinations(List.of(), List.of());

    public Destinations {
      excluded = Cidr.merged(excluded);
      included = Cidr.merged(included);
    }
  }

  private static List<Long> ids(String whose, Collection<Long> ids) {
    for (long id : ids) {
      if (id < 0 || id > MAX_ID) {
        throw new IllegalArgumentException(whose + ": " + id + " (expected: 0-" + MAX_ID + ")");
      }
    }
    return List.copyOf(new TreeSet<>(ids));
  }
}
