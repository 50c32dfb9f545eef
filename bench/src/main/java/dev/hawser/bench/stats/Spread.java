package dev.hawser.bench.stats;

import java.util.Arrays;

/**
 * What is left of some values: the median and the quartiles around it.
 *
 * @param low first quartile
 * @param high third quartile
 */
public record Spread(double median, double low, double high) {
  /**
   * Sums values up; between two of them quartiles are interpolated linearly.
   *
   * @throws IllegalArgumentException if there is none, or one is not a number
   */
  public static Spread of(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("values: none (expected: at least one)");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    if (!Double.isFinite(sorted[0]) || !Double.isFinite(sorted[sorted.length - 1])) {
      throw new IllegalArgumentException(
          "values: " + Arrays.toString(values) + " (expected: finite numbers)");
    }
    return new Spread(quantile(sorted, 0.5), quantile(sorted, 0.25), quantile(sorted, 0.75));
  }

  private static double quantile(double[] sorted, double share) {
    double at = share * (sorted.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
