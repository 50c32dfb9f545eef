package dev.hawser.proxy.balance;

/**
 * A moving average of how long answers take that jumps to a peak at once and forgets it slowly
 * (peak EWMA, as Finagle and Linkerd do it).
 *
 * <p>Any thread may call. Two that write at once may lose one of the two samples, which an average
 * does not mind and a lock on the path of every request would.
 */
final class Latency {
  private final double decay;
  private volatile double cost;
  private volatile long stamp;

  /**
   * Makes one that knows nothing.
   *
   * @param decayNanos in which an old value loses most of its weight
   */
  Latency(long decayNanos, long now) {
    this.decay = (double) decayNanos;
    this.stamp = now;
  }

  /** Takes note of an answer. */
  void observe(long nanos, long now) {
    double before = cost;
    long elapsed = Math.max(0, now - stamp);
    stamp = now;
    double kept = Math.exp(-elapsed / decay);
    cost = nanos > before ? nanos : before * kept + nanos * (1 - kept);
  }

  /** Returns nanoseconds; an endpoint that was long not asked becomes cheap, so that it is. */
  double cost(long now) {
    double present = cost;
    return present == 0 ? 0 : present * Math.exp(-Math.max(0, now - stamp) / decay);
  }
}
