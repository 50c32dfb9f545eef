package dev.hawser.engine.xds;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/** Growing waits between attempts, spread so that a thousand proxies do not return at once. */
final class Backoff {
  private static final Duration FIRST = Duration.ofMillis(100);
  private static final Duration HIGHEST = Duration.ofSeconds(5);

  private final DoubleSupplier random;
  private int attempts;

  /**
   * Makes a sequence.
   *
   * @param random from 0 to 1
   */
  Backoff(DoubleSupplier random) {
    this.random = random;
  }

  /** Returns the next wait: 100 ms doubling up to 5 s, each between a half and the whole of it. */
  Duration next() {
    long millis = Math.min(HIGHEST.toMillis(), FIRST.toMillis() << Math.min(attempts, 16));
    attempts++;
    return Duration.ofMillis((long) (millis * (0.5 + random.getAsDouble() / 2)));
  }

  void reset() {
    attempts = 0;
  }
}
