package dev.hawser.proxy.http;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * When the silence of an HTTP/2 connection with requests at work means that the peer is gone.
 *
 * @param interval silence before a ping; zero for never
 * @param timeout silence after it until the connection is broken
 * @param jitter what chance may add to each interval at most, in percent of it
 */
public record Pings(Duration interval, Duration timeout, double jitter) {
  /** What Envoy adds if nothing is said. */
  public static final double USUAL_JITTER = 15;

  public Pings {
    if (!(jitter >= 0 && jitter <= 100)) {
      throw new IllegalArgumentException(
          "interval_jitter " + jitter + " (expected: 0 to 100 percent)");
    }
  }

  /** Returns one after a second of silence, which is broken after another. */
  public static Pings everySecond() {
    return new Pings(Duration.ofSeconds(1), Duration.ofSeconds(1), 0);
  }

  /** Returns none at all. */
  public static Pings never() {
    return new Pings(Duration.ZERO, Duration.ZERO, 0);
  }

  /** Returns the interval in nanoseconds, lengthened by chance. */
  public long nextNanos() {
    long least = interval.toNanos();
    long most = (long) (least * jitter / 100);
    return most <= 0 ? least : least + ThreadLocalRandom.current().nextLong(most + 1);
  }
}
