package dev.hawser.proxy.codec;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.FilterConfig;
import dev.hawser.proxy.model.FilterOverride;
import dev.hawser.proxy.model.Fraction;
import dev.hawser.proxy.model.RateLimits;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.LocalRateLimitDescriptor;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.XRateLimitHeadersRFCVersion;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code envoy.filters.http.local_ratelimit}. */
final class LocalLimitFilterCodec implements FilterCodec {
  @Override
  public Class<? extends Message> type() {
    return LocalRateLimit.class;
  }

  @Override
  public FilterConfig config(String path, Any message) throws ResourceRejectedException {
    return new FilterConfig.LocalLimit(limit(path, message));
  }

  @Override
  public Optional<Class<? extends Message>> routeType() {
    return Optional.of(LocalRateLimit.class);
  }

  @Override
  public FilterOverride override(String path, Any message) throws ResourceRejectedException {
    return new FilterOverride.LocalLimit(limit(path, message));
  }

  private static RateLimits.Local limit(String path, Any message) throws ResourceRejectedException {
    LocalRateLimit limit = Fields.unpack(path, message, LocalRateLimit.getDefaultInstance());
    SupportedFields.requireOnly(
        path,
        limit,
        "stat_prefix",
        "status",
        "token_bucket",
        "filter_enabled",
        "filter_enforced",
        "request_headers_to_add_when_not_enforced",
        "response_headers_to_add",
        "descriptors",
        "stage",
        "enable_x_ratelimit_headers",
        "always_consume_default_token_bucket",
        "rate_limited_as_resource_exhausted",
        "rate_limits");
    return new RateLimits.Local(
        limit.hasTokenBucket()
            ? Optional.of(RateLimitCodec.bucket(path + ".token_bucket", limit.getTokenBucket()))
            : Optional.empty(),
        descriptors(path + ".descriptors", limit.getDescriptorsList()),
        RateLimitCodec.stage(path + ".stage", limit.getStage()),
        limit.hasFilterEnabled()
            ? FractionCodec.fraction(path + ".filter_enabled", limit.getFilterEnabled())
            : Fraction.NONE,
        limit.hasFilterEnforced()
            ? FractionCodec.fraction(path + ".filter_enforced", limit.getFilterEnforced())
            : Fraction.NONE,
        RateLimitCodec.status(path + ".status.code", limit.getStatus().getCodeValue()),
        RateLimitCodec.fixed(
            path + ".request_headers_to_add_when_not_enforced",
            limit.getRequestHeadersToAddWhenNotEnforcedList()),
        RateLimitCodec.fixed(
            path + ".response_headers_to_add", limit.getResponseHeadersToAddList()),
        !limit.hasAlwaysConsumeDefaultTokenBucket()
            || limit.getAlwaysConsumeDefaultTokenBucket().getValue(),
        limit.getEnableXRatelimitHeaders() == XRateLimitHeadersRFCVersion.DRAFT_VERSION_03,
        limit.getRateLimitedAsResourceExhausted(),
        RateLimitCodec.rules(path + ".rate_limits", limit.getRateLimitsList()));
  }

  private static List<RateLimits.Described> descriptors(
      String path, List<LocalRateLimitDescriptor> descriptors) throws ResourceRejectedException {
    List<RateLimits.Described> all = new ArrayList<>();
    for (int i = 0; i < descriptors.size(); i++) {
      LocalRateLimitDescriptor one = descriptors.get(i);
      String at = path + "[" + i + "]";
      SupportedFields.requireOnly(at, one, "entries", "token_bucket");
      List<RateLimits.Entry> entries = new ArrayList<>();
      for (RateLimitDescriptor.Entry entry : one.getEntriesList()) {
        entries.add(
            new RateLimits.Entry(
                RateLimitCodec.filled(at + ".entries.key", entry.getKey()),
                RateLimitCodec.filled(at + ".entries.value", entry.getValue())));
      }
      all.add(
          new RateLimits.Described(
              entries, RateLimitCodec.bucket(at + ".token_bucket", one.getTokenBucket())));
    }
    return all;
  }
}
