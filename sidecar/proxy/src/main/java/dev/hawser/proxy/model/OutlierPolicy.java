package dev.hawser.proxy.model;

import java.time.Duration;

/**
 * When an instance that answers badly is left out for a while.
 *
 * @param interval between two looks at rates
 * @param split whether failures to get an answer are judged apart from bad answers
 * @param serverErrors errors in a row, of any kind
 * @param gatewayFailures 502, 503, 504 and, unless split, failures to get an answer, in a row
 * @param localFailures failures to get an answer, in a row; only if split
 */
public record OutlierPolicy(
    Duration interval,
    boolean split,
    InRow serverErrors,
    InRow gatewayFailures,
    InRow localFailures,
    SuccessRate successRate,
    FailurePercent failurePercent,
    Ejection ejection) {
  /**
   * A number of bad results one after another.
   *
   * @param count 0 switches it off
   * @param enforcing percent of the cases in which the instance is left out
   */
  public record InRow(int count, int enforcing) {
    public InRow {
      requirePercent(enforcing);
    }

    /** Returns a rule that always acts. */
    public static InRow of(int count) {
      return new InRow(count, 100);
    }
  }

  /**
   * Instances whose rate of good answers lies far below that of the others.
   *
   * @param minHosts with enough requests, for the rate to be looked at
   * @param volume requests in an interval that are enough
   * @param deviations standard deviations below the mean
   * @param enforcing percent
   * @param enforcingLocal percent, for failures to get an answer; only if split
   */
  public record SuccessRate(
      int minHosts, int volume, double deviations, int enforcing, int enforcingLocal) {
    public SuccessRate {
      requirePercent(enforcing);
      requirePercent(enforcingLocal);
    }
  }

  /**
   * Instances with too large a share of bad answers.
   *
   * @param threshold percent that is too much
   * @param minHosts with enough requests, for the share to be looked at
   * @param volume requests in an interval that are enough
   * @param enforcing percent
   * @param enforcingLocal percent, for failures to get an answer; only if split
   */
  public record FailurePercent(
      int threshold, int minHosts, int volume, int enforcing, int enforcingLocal) {
    public FailurePercent {
      requirePercent(threshold);
      requirePercent(enforcing);
      requirePercent(enforcingLocal);
    }
  }

  /**
   * How long, and how many at once.
   *
   * @param base times the number of ejections so far
   * @param max bounds it
   * @param jitter at most so much is added by chance
   * @param maxPercent of an upstream's instances
   * @param alwaysOne whether one may be left out whatever the percentage
   * @param endedByCheck whether an active check that passes brings it back
   */
  public record Ejection(
      Duration base,
      Duration max,
      Duration jitter,
      int maxPercent,
      boolean alwaysOne,
      boolean endedByCheck) {
    public Ejection {
      requirePercent(maxPercent);
    }
  }

  private static final SuccessRate NO_RATE = new SuccessRate(5, 100, 1.9, 0, 0);
  private static final FailurePercent NO_PERCENT = new FailurePercent(85, 5, 50, 0, 0);

  private static void requirePercent(int value) {
    if (value < 0 || value > 100) {
      throw new IllegalArgumentException("percent: " + value + " (expected: 0-100)");
    }
  }

  /** Returns five in a row of either kind, 10 s at first, at most 30 s, up to all instances. */
  public static OutlierPolicy defaults() {
    return inRow(5, 100);
  }

  /** Returns a policy that never ejects. */
  public static OutlierPolicy off() {
    return inRow(0, 0);
  }

  private static OutlierPolicy inRow(int count, int maxPercent) {
    return new OutlierPolicy(
        Duration.ofSeconds(1),
        false,
        InRow.of(count),
        InRow.of(count),
        InRow.of(0),
        NO_RATE,
        NO_PERCENT,
        new Ejection(
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ZERO,
            maxPercent,
            false,
            true));
  }

  /** Whether anything is ever left out. */
  public boolean isOn() {
    return ejection.maxPercent() > 0 || ejection.alwaysOne();
  }

  /** Whether rates have to be counted. */
  public boolean countsRates() {
    return isOn()
        && (successRate.enforcing() > 0
            || failurePercent.enforcing() > 0
            || (split
                && (successRate.enforcingLocal() > 0 || failurePercent.enforcingLocal() > 0)));
  }
}
