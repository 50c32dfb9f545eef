package dev.hawser.host.capture;

import java.time.Duration;
import java.util.Map;

/**
 * What the kernel has of ours.
 *
 * @param state as below
 * @param id of the application that put it there; empty if there is nothing
 * @param left until the kernel itself stops to capture; zero unless {@code UNCONFIRMED}
 * @param listing the rules as the kernel's own tool prints them, without what changes by itself;
 *     the same as after the application unless somebody changed them
 * @param counters by the name of the rule
 */
public record Installed(
    State state, String id, Duration left, String listing, Map<String, Counter> counters) {
  /** Where it is. */
  public enum State {
    /** Nothing of ours is there. */
    NONE,
    /** It captures until {@code left} is over. */
    UNCONFIRMED,
    /** It was not confirmed in time: it captures nothing any more and is about to be removed. */
    EXPIRED,
    /** It captures. */
    CONFIRMED
  }

  /** What a rule has seen: of a redirect one packet for each connection. */
  public record Counter(long packets, long bytes) {}

  static final Installed NOTHING = new Installed(State.NONE, "", Duration.ZERO, "", Map.of());

  public Installed {
    counters = Map.copyOf(counters);
  }
}
