package dev.hawser.trust.svid;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * When one certificate is renewed: at two thirds of its life, up to a tenth of that earlier or
 * later, so that a thousand workloads that started together do not come back together.
 *
 * <p>Time is counted on a monotonic timer from the moment the schedule starts, because a wall clock
 * that is set back would postpone the renewal past the end. The wall clock is looked at too: a
 * monotonic timer stands still while a machine is suspended. Immutable, safe for any thread; a new
 * certificate gets a new schedule.
 */
public final class RenewalSchedule {
  /** Attempts that fit before half of the time that is left is gone. */
  static final int MIN_TRIES = 3;

  private static final double DUE_AT = 2.0 / 3;
  private static final double JITTER = 0.1;
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LONGEST_RETRY = Duration.ofMinutes(5);
  private static final Duration SHORTEST_RETRY = Duration.ofMillis(200);

  private final InstantSource wall;
  private final LongSupplier nanoTime;
  private final RandomGenerator random;
  private final Instant dueAt;
  private final Instant notAfter;
  private final long startNanos;
  private final Duration dueAfter;
  private final Duration endAfter;

  private RenewalSchedule(
      Instant notBefore,
      Instant notAfter,
      InstantSource wall,
      LongSupplier nanoTime,
      RandomGenerator random) {
    this.wall = wall;
    this.nanoTime = nanoTime;
    this.random = random;
    this.notAfter = notAfter;
    Duration life = Duration.between(notBefore, notAfter);
    double share = DUE_AT * (1 + JITTER * (2 * random.nextDouble() - 1));
    this.dueAt = notBefore.plus(Duration.ofMillis((long) (life.toMillis() * share)));
    this.startNanos = nanoTime.getAsLong();
    Instant now = wall.instant();
    this.dueAfter = Duration.between(now, dueAt);
    this.endAfter = Duration.between(now, notAfter);
  }

  /**
   * Starts counting.
   *
   * @param leaf the certificate to renew, just received or loaded
   * @param wall the wall clock
   * @param nanoTime a monotonic timer in nanoseconds, such as {@link System#nanoTime}
   * @param random for the jitter
   */
  public static RenewalSchedule start(
      X509Certificate leaf, InstantSource wall, LongSupplier nanoTime, RandomGenerator random) {
    return new RenewalSchedule(
        leaf.getNotBefore().toInstant(), leaf.getNotAfter().toInstant(), wall, nanoTime, random);
  }

  /** Returns how long to wait for the first attempt; zero if it is due. */
  public Duration untilDue() {
    return left(dueAfter, dueAt);
  }

  /** Whether to renew now. */
  public boolean due() {
    return untilDue().isZero();
  }

  /** Whether the certificate has ended by either clock: then its owner must stop using it. */
  public boolean expired() {
    return left(endAfter, notAfter).isZero();
  }

  /** Returns when the certificate ends by the wall clock. */
  public Instant notAfter() {
    return notAfter;
  }

  /**
   * Returns how long to wait after a failed attempt: from a second, doubling up to five minutes,
   * never so long that fewer than three attempts fit into half of the time left, and a random
   * quarter less, so that many that failed together come back apart.
   *
   * @param failures attempts that failed in a row, at least 1
   */
  public Duration retryAfter(int failures) {
    if (failures < 1) {
      throw new IllegalArgumentException("failures: " + failures + " (expected: at least 1)");
    }
    Duration doubled = FIRST_RETRY.multipliedBy(1L << Math.min(failures - 1, 16));
    Duration fitting = left(endAfter, notAfter).dividedBy(2L * MIN_TRIES);
    Duration wait = min(min(doubled, LONGEST_RETRY), fitting);
    Duration spread = Duration.ofNanos((long) (wait.toNanos() * (1 - random.nextDouble() / 4)));
    // Past the end there is nothing to lose but a control plane that everybody hammers.
    Duration least = expired() ? FIRST_RETRY : SHORTEST_RETRY;
    return spread.compareTo(least) < 0 ? least : spread;
  }

  /** Whichever clock says that less time is left. */
  private Duration left(Duration after, Instant at) {
    Duration byTimer = after.minusNanos(nanoTime.getAsLong() - startNanos);
    Duration byWall = Duration.between(wall.instant(), at);
    Duration least = min(byTimer, byWall);
    return least.isNegative() ? Duration.ZERO : least;
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }
}
