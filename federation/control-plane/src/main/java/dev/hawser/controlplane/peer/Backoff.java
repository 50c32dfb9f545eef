package dev.hawser.controlplane.peer;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: exponential with full jitter, so that peers that lost
 * each other at one moment do not come back at one moment.
 */
final class Backoff {
  private static final Duration FIRST = Duration.ofMillis(250);
  private static final Duration LONGEST = Duration.ofSeconds(5);
  private static final int LONGEST_AFTER = 5;

  private final RandomGenerator random;
  private int attempts;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  /** Returns the next delay: between nothing and a limit that doubles up to five seconds. */
  Duration next() {
    long limit = Math.min(LONGEST.toNanos(), FIRST.toNanos() << Math.min(attempts, LONGEST_AFTER));
    attempts++;
    return Duration.ofNanos(random.nextLong(limit + 1));
  }

  void reset() {
    attempts = 0;
  }
}
