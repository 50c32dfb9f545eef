package dev.hawser.proxy.codec;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.CorsPolicy;
import dev.hawser.proxy.model.FilterConfig;
import dev.hawser.proxy.model.FilterOverride;
import dev.hawser.proxy.model.Fraction;
import dev.hawser.proxy.model.TextMatch;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.Cors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code envoy.filters.http.cors}; its policies belong to routes. */
final class CorsFilterCodec implements FilterCodec {
  @Override
  public Class<? extends Message> type() {
    return Cors.class;
  }

  @Override
  public FilterConfig config(String path, Any message) throws ResourceRejectedException {
    SupportedFields.requireOnly(path, Fields.unpack(path, message, Cors.getDefaultInstance()));
    return new FilterConfig.Cors();
  }

  @Override
  public Optional<Class<? extends Message>> routeType() {
    return Optional.of(io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy.class);
  }

  @Override
  public FilterOverride override(String path, Any message) throws ResourceRejectedException {
    var policy =
        Fields.unpack(
            path,
            message,
            io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy.getDefaultInstance());
    SupportedFields.requireOnly(
        path,
        policy,
        "allow_origin_string_match",
        "allow_methods",
        "allow_headers",
        "expose_headers",
        "max_age",
        "allow_credentials",
        "filter_enabled",
        "forward_not_matching_preflights");
    List<TextMatch> origins = new ArrayList<>();
    for (int i = 0; i < policy.getAllowOriginStringMatchCount(); i++) {
      origins.add(
          TextCodec.text(
              path + ".allow_origin_string_match[" + i + "]", policy.getAllowOriginStringMatch(i)));
    }
    return new FilterOverride.Cors(
        new CorsPolicy(
            origins,
            line(path + ".allow_methods", policy.getAllowMethods()),
            line(path + ".allow_headers", policy.getAllowHeaders()),
            line(path + ".expose_headers", policy.getExposeHeaders()),
            line(path + ".max_age", policy.getMaxAge()),
            policy.getAllowCredentials().getValue(),
            policy.hasFilterEnabled()
                ? FractionCodec.fraction(path + ".filter_enabled", policy.getFilterEnabled())
                : Fraction.ALL,
            !policy.hasForwardNotMatchingPreflights()
                || policy.getForwardNotMatchingPreflights().getValue()));
  }

  private static String line(String path, String value) throws ResourceRejectedException {
    if (value.chars().anyMatch(c -> c < ' ' || c >= 0x7f)) {
      throw Fields.rejected(path, "has a control character (expected: ASCII)");
    }
    return value;
  }
}
