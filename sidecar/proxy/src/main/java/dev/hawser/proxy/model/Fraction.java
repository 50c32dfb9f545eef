package dev.hawser.proxy.model;

import java.util.SplittableRandom;

/**
 * A share of all cases.
 *
 * @param numerator 0 for none; as large as the denominator, or larger, for all
 * @param denominator 100, 10,000 or 1,000,000
 */
public record Fraction(int numerator, int denominator) {
  /** Every case. */
  public static final Fraction ALL = new Fraction(100, 100);

  /** No case. */
  public static final Fraction NONE = new Fraction(0, 100);

  public Fraction {
    if (numerator < 0 || denominator < 1) {
      throw new IllegalArgumentException("fraction: " + numerator + "/" + denominator);
    }
  }

  /** Whether a case belongs to the share. */
  public boolean takes(SplittableRandom random) {
    return numerator >= denominator || (numerator > 0 && random.nextInt(denominator) < numerator);
  }
}
