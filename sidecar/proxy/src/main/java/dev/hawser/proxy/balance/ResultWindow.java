package dev.hawser.proxy.balance;

import java.util.concurrent.atomic.LongAdder;

/** Counts the results of one interval. Safe for use by any thread. */
final class ResultWindow {
  private final LongAdder good = new LongAdder();
  private final LongAdder bad = new LongAdder();

  /**
   * The results of an instance in an interval.
   *
   * @param rate percent of good ones
   */
  record Sample(InstanceHealth instance, long total, double rate) {}

  void add(boolean success) {
    (success ? good : bad).increment();
  }

  /** Ends the interval; results that come meanwhile belong to either. */
  Sample take(InstanceHealth of) {
    long successes = good.sumThenReset();
    long total = successes + bad.sumThenReset();
    return new Sample(of, total, total == 0 ? 100 : 100.0 * successes / total);
  }
}
