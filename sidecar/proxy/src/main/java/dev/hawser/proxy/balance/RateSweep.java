package dev.hawser.proxy.balance;

import dev.hawser.proxy.balance.ResultWindow.Sample;
import dev.hawser.proxy.model.OutlierPolicy;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/** Looks at the rates of all instances of an upstream once in each interval. */
final class RateSweep {
  private final OutlierPolicy policy;
  private long last;

  RateSweep(OutlierPolicy policy, long now) {
    this.policy = policy;
    this.last = now;
  }

  /** Ends the interval if it is over, and ejects whom its rates speak against. */
  void tick(Collection<InstanceHealth> instances, long now) {
    if (!policy.countsRates() || now - last < policy.interval().toNanos()) {
      return;
    }
    last = now;
    List<Sample> answers =
        instances.stream().map(InstanceHealth::takeAnswers).filter(Objects::nonNull).toList();
    OutlierPolicy.SuccessRate rate = policy.successRate();
    OutlierPolicy.FailurePercent percent = policy.failurePercent();
    judge(answers, EjectionCause.SUCCESS_RATE, rate.enforcing(), now);
    judge(answers, EjectionCause.FAILURE_PERCENTAGE, percent.enforcing(), now);
    if (policy.split()) {
      List<Sample> locals =
          instances.stream().map(InstanceHealth::takeLocals).filter(Objects::nonNull).toList();
      judge(locals, EjectionCause.LOCAL_ORIGIN_SUCCESS_RATE, rate.enforcingLocal(), now);
      judge(locals, EjectionCause.LOCAL_ORIGIN_FAILURE_PERCENTAGE, percent.enforcingLocal(), now);
    }
  }

  private void judge(List<Sample> samples, EjectionCause cause, int enforcing, long now) {
    if (enforcing == 0) {
      return;
    }
    boolean byDeviation =
        cause == EjectionCause.SUCCESS_RATE || cause == EjectionCause.LOCAL_ORIGIN_SUCCESS_RATE;
    List<Sample> found =
        byDeviation
            ? RateJudge.byDeviation(samples, policy.successRate())
            : RateJudge.byPercentage(samples, policy.failurePercent());
    for (Sample sample : found) {
      String reason = "%.1f %% of %d were good".formatted(sample.rate(), sample.total());
      sample.instance().deviates(cause, enforcing, reason, now);
    }
  }
}
