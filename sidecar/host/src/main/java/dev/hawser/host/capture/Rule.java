package dev.hawser.host.capture;

import java.util.List;

/**
 * One rule of a plan. The first one of its chain whose matches all hold decides.
 *
 * @param name unique in a plan; the rule's comment in the kernel, by which its counter is found
 * @param words what it does and why, as a sentence
 */
record Rule(Chain chain, String name, List<Match> matches, Action action, String words) {
  Rule {
    matches = List.copyOf(matches);
  }

  /** Where it is asked. */
  enum Chain {
    /** Packets of this host, before the kernel looks which connection they belong to. */
    ZONES,
    /** The first packet of what this host opens. */
    OUTBOUND,
    /** The first packet of what comes to this host. */
    INBOUND
  }

  /** What happens. */
  sealed interface Action {
    /** Nothing: it goes where it was going. */
    record Leave() implements Action {}

    /** It goes to a port of this host. */
    record Redirect(int port) implements Action {}

    /** It is told apart from packets with the same addresses and ports in other zones. */
    record Zone(int number) implements Action {}
  }
}
