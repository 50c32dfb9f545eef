package dev.hawser.bench.stats;

import java.util.Map;

/**
 * What one metric of one subject came to.
 *
 * @param benchCase the case's name
 * @param metric what was counted, its unit last: {@code cpu-us-per-request}
 * @param ratios per other subject: the spread of what each round's value was divided by the other's
 *     value of the same round; absent where the other was not measured or cost nothing
 */
public record Result(
    String benchCase, Subject subject, String metric, Spread spread, Map<Subject, Spread> ratios) {
  public Result {
    ratios = Map.copyOf(ratios);
  }
}
