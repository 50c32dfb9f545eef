package dev.hawser.proxy.codec;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.Fraction;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.type.v3.FractionalPercent;

/**
 * Reads shares. There is no runtime here that could override them: a runtime key is what it would
 * be called there, and the default is what counts.
 */
final class FractionCodec {
  private FractionCodec() {}

  static Fraction fraction(String path, RuntimeFractionalPercent percent)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(path, percent, "default_value", "runtime_key");
    return fraction(path + ".default_value", percent.getDefaultValue());
  }

  static Fraction fraction(String path, FractionalPercent percent)
      throws ResourceRejectedException {
    int denominator =
        switch (percent.getDenominator()) {
          case HUNDRED -> 100;
          case TEN_THOUSAND -> 10_000;
          case MILLION -> 1_000_000;
          case UNRECOGNIZED ->
              throw Fields.rejected(
                  path + ".denominator",
                  percent.getDenominatorValue() + " (expected: HUNDRED, TEN_THOUSAND or MILLION)");
        };
    if (percent.getNumerator() < 0) {
      throw Fields.rejected(path + ".numerator", "more than 2147483647 (expected: less)");
    }
    return new Fraction(percent.getNumerator(), denominator);
  }
}
