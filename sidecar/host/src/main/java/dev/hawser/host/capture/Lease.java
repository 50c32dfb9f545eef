package dev.hawser.host.capture;

import java.time.Duration;
import java.time.Instant;

/** How long a plan stays in the kernel. */
sealed interface Lease {
  /** Until somebody removes it. */
  record Kept() implements Lease {}

  /**
   * Until it is confirmed, or for so long.
   *
   * @param time whole seconds, at least one
   * @param end the same by the wall clock, for filters that know no other
   */
  record For(Duration time, Instant end) implements Lease {
    public For {
      if (time.toSeconds() < 1) {
        throw new IllegalArgumentException(
            "time to confirm: " + time + " (expected: at least 1 s)");
      }
    }
  }
}
