package dev.hawser.proxy.balance;

import dev.hawser.proxy.balance.ResultWindow.Sample;
import dev.hawser.proxy.model.OutlierPolicy;
import java.util.List;

/** Finds instances whose answers are worse than those of the others, as Envoy does. Pure. */
final class RateJudge {
  private RateJudge() {}

  /** Returns those far below the mean; none if too few had enough requests. */
  static List<Sample> byDeviation(List<Sample> samples, OutlierPolicy.SuccessRate rule) {
    List<Sample> counted = withVolume(samples, rule.volume());
    if (counted.isEmpty() || counted.size() < rule.minHosts()) {
      return List.of();
    }
    double threshold = threshold(counted, rule.deviations());
    return counted.stream().filter(sample -> sample.rate() < threshold).toList();
  }

  /** Returns the mean of the rates less so many standard deviations. */
  static double threshold(List<Sample> samples, double deviations) {
    double mean = samples.stream().mapToDouble(Sample::rate).average().orElse(100);
    double variance =
        samples.stream()
            .mapToDouble(sample -> (sample.rate() - mean) * (sample.rate() - mean))
            .average()
            .orElse(0);
    return mean - deviations * Math.sqrt(variance);
  }

  /** Returns those with too many bad answers; none if too few had enough requests. */
  static List<Sample> byPercentage(List<Sample> samples, OutlierPolicy.FailurePercent rule) {
    List<Sample> counted = withVolume(samples, rule.volume());
    if (counted.isEmpty() || counted.size() < rule.minHosts()) {
      return List.of();
    }
    return counted.stream().filter(sample -> 100 - sample.rate() >= rule.threshold()).toList();
  }

  private static List<Sample> withVolume(List<Sample> samples, int volume) {
    return samples.stream().filter(s -> s.total() > 0 && s.total() >= volume).toList();
  }
}
