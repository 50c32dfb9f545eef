package dev.hawser.agent.doctor;

import java.util.List;
import java.util.TreeSet;

/** What a server of DNS said to one question. */
sealed interface DnsAnswer {
  /** Addresses, in order. */
  record Addresses(List<String> addresses) implements DnsAnswer {
    public Addresses {
      addresses = List.copyOf(new TreeSet<>(addresses));
    }
  }

  /** There is no such name. */
  record NoSuchName() implements DnsAnswer {}

  /** It would not say, by the code of RFC 1035, 4.1.1. */
  record Refused(int code) implements DnsAnswer {}

  /** Nothing came. */
  record Silent(String reason) implements DnsAnswer {}

  /** Returns it for people. */
  default String words() {
    return switch (this) {
      case Addresses(List<String> addresses) ->
          addresses.isEmpty() ? "no address" : String.join(", ", addresses);
      case NoSuchName() -> "no such name";
      case Refused(int code) -> "error " + code;
      case Silent(String reason) -> "no answer: " + reason;
    };
  }
}
