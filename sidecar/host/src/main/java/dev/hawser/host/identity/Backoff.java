package dev.hawser.host.identity;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses between attempts: each twice the one before up to a limit, ± 20 % so that many who failed
 * together do not come back together. For one thread.
 */
public final class Backoff {
  private static final double JITTER = 0.2;
  private static final int MAX_DOUBLINGS = 20;

  private final IdentityOptions.Timing timing;
  private final RandomGenerator random;
  private int failures;

  public Backoff(IdentityOptions.Timing timing, RandomGenerator random) {
    this.timing = timing;
    this.random = random;
  }

  /** Returns the pause after one more failure. */
  public Duration next() {
    long longest = timing.longestRetry().toMillis();
    long doubled = timing.firstRetry().toMillis() << Math.min(failures++, MAX_DOUBLINGS);
    double share = 1 - JITTER + 2 * JITTER * random.nextDouble();
    return Duration.ofMillis(Math.round((double) Math.min(doubled, longest) * share));
  }

  /** Begins anew after a success. */
  public void reset() {
    failures = 0;
  }
}
