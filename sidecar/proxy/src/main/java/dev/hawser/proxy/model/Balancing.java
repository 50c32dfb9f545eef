package dev.hawser.proxy.model;

import java.time.Duration;
import java.util.Optional;

/**
 * How requests are spread over the endpoints of an upstream.
 *
 * @param localityWeighted whether localities of one priority share by their weights
 * @param panicPercent if fewer endpoints of a priority than this can serve, and all priorities
 *     together cannot take everything, health is ignored there; 0 for never
 * @param failInPanic whether such a priority then takes nothing instead of everything
 * @param slowStart how the weight of a new endpoint grows
 * @param subsets parts of the endpoints that routes may ask for
 */
public record Balancing(
    Method method,
    boolean localityWeighted,
    int panicPercent,
    boolean failInPanic,
    Optional<SlowStart> slowStart,
    Optional<Subsets> subsets) {
  /** Percent, as in Envoy. */
  public static final int DEFAULT_PANIC = 50;

  public Balancing {
    if (panicPercent < 0 || panicPercent > 100) {
      throw new IllegalArgumentException("panic: " + panicPercent + " (expected: 0-100 percent)");
    }
  }

  /** Returns a plain spread by this method. */
  public static Balancing by(Method method) {
    return new Balancing(method, false, DEFAULT_PANIC, false, Optional.empty(), Optional.empty());
  }

  /** Returns the same with or without weights of localities. */
  public Balancing withLocalityWeights(boolean weighted) {
    return new Balancing(method, weighted, panicPercent, failInPanic, slowStart, subsets);
  }

  /** How one endpoint is chosen among those that may be. */
  public sealed interface Method {
    /** In turn, by weight. */
    record RoundRobin() implements Method {}

    /**
     * The least loaded of some that are chosen at random.
     *
     * @param choices at least 2
     * @param bias exponent of the number of requests at work; 0 looks at weights alone
     */
    record LeastRequest(int choices, double bias) implements Method {
      /** Returns the better of two. */
      public static LeastRequest ofTwo() {
        return new LeastRequest(2, 1);
      }
    }

    /** By chance, by weight. */
    record Random() implements Method {}

    /**
     * The next on a ring after the request's hash (ketama), as Envoy builds it.
     *
     * @param minSize entries of the ring
     * @param maxSize bound of the entries when weights differ
     * @param byServerName whether endpoints are named by their server name instead of their address
     */
    record RingHash(int minSize, int maxSize, HashFunction function, boolean byServerName)
        implements Method {}

    /**
     * A lookup table by the request's hash (Maglev, NSDI 2016), as Envoy builds it.
     *
     * @param tableSize a prime
     * @param byServerName whether endpoints are named by their server name instead of their address
     */
    record Maglev(int tableSize, boolean byServerName) implements Method {}

    /**
     * The cheaper of two chosen at random, where the cost is the recent latency, peaks first, times
     * the requests at work.
     *
     * @param decay in which an old latency loses most of its weight
     */
    record PeakEwma(Duration decay) implements Method {}
  }

  /** How the entries of a ring are placed. */
  public enum HashFunction {
    XX_HASH,
    /** As the C++ library of GNU hashes strings. */
    MURMUR_HASH_2
  }

  /**
   * A new endpoint begins with a small weight: {@code max(minPercent / 100, (age / window) ^ (1 /
   * aggression))} of its own.
   *
   * @param aggression above 0; 1 grows evenly
   * @param minPercent 0-100
   */
  public record SlowStart(Duration window, double aggression, double minPercent) {
    public SlowStart {
      if (!window.isPositive() || !(aggression > 0) || !(minPercent >= 0 && minPercent <= 100)) {
        throw new IllegalArgumentException(
            "slow start: window "
                + window
                + ", aggression "
                + aggression
                + ", minimum "
                + minPercent
                + " % (expected: above 0, above 0, 0-100)");
      }
    }

    /** Returns the factor at an age in nanoseconds, above 0, at most 1. */
    public double factor(long age) {
      double share = Math.max((double) age, 1e9) / window.toNanos();
      if (share >= 1) {
        return 1;
      }
      double grown = aggression == 1 ? share : Math.pow(share, 1 / aggression);
      return Math.clamp(grown, minPercent / 100, 1);
    }
  }
}
