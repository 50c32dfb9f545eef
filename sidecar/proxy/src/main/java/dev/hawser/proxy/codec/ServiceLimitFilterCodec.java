package dev.hawser.proxy.codec;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.FilterConfig;
import dev.hawser.proxy.model.FilterOverride;
import dev.hawser.proxy.model.RateLimits;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.ratelimit.v3.RateLimitServiceConfig;
import io.envoyproxy.envoy.extensions.filters.http.ratelimit.v3.RateLimit;
import java.time.Duration;
import java.util.Optional;

/** Reads {@code envoy.filters.http.ratelimit}. */
final class ServiceLimitFilterCodec implements FilterCodec {
  /** Envoy's own. */
  private static final Duration DEFAULT_TIMEOUT = Duration.ofMillis(20);

  @Override
  public Class<? extends Message> type() {
    return RateLimit.class;
  }

  @Override
  public FilterConfig config(String path, Any message) throws ResourceRejectedException {
    RateLimit limit = Fields.unpack(path, message, RateLimit.getDefaultInstance());
    SupportedFields.requireOnly(
        path,
        limit,
        "domain",
        "stage",
        "timeout",
        "failure_mode_deny",
        "rate_limited_as_resource_exhausted",
        "rate_limit_service",
        "enable_x_ratelimit_headers",
        "disable_x_envoy_ratelimited_header",
        "rate_limited_status",
        "response_headers_to_add",
        "status_on_error",
        "stat_prefix");
    int onError = limit.getStatusOnError().getCodeValue();
    return new FilterConfig.ServiceLimit(
        new RateLimits.Service(
            RateLimitCodec.filled(path + ".domain", limit.getDomain()),
            RateLimitCodec.stage(path + ".stage", limit.getStage()),
            service(path + ".rate_limit_service", limit.getRateLimitService()),
            limit.hasTimeout()
                ? Fields.duration(path + ".timeout", limit.getTimeout())
                : DEFAULT_TIMEOUT,
            limit.getFailureModeDeny(),
            RateLimitCodec.status(
                path + ".rate_limited_status.code", limit.getRateLimitedStatus().getCodeValue()),
            onError == 0 ? 500 : RateLimitCodec.status(path + ".status_on_error.code", onError),
            limit.getEnableXRatelimitHeaders()
                == RateLimit.XRateLimitHeadersRFCVersion.DRAFT_VERSION_03,
            !limit.getDisableXEnvoyRatelimitedHeader(),
            limit.getRateLimitedAsResourceExhausted(),
            RateLimitCodec.fixed(
                path + ".response_headers_to_add", limit.getResponseHeadersToAddList())));
  }

  private static String service(String path, RateLimitServiceConfig config)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(path, config, "grpc_service", "transport_api_version");
    if (config.getTransportApiVersion() != ApiVersion.V3) {
      throw Fields.rejected(
          path + ".transport_api_version", config.getTransportApiVersion() + " (expected: V3)");
    }
    GrpcService service = config.getGrpcService();
    SupportedFields.requireOnly(path + ".grpc_service", service, "envoy_grpc");
    SupportedFields.requireOnly(
        path + ".grpc_service.envoy_grpc", service.getEnvoyGrpc(), "cluster_name");
    return RateLimitCodec.filled(
        path + ".grpc_service.envoy_grpc.cluster_name", service.getEnvoyGrpc().getClusterName());
  }

  @Override
  public Optional<Class<? extends Message>> routeType() {
    return Optional.empty();
  }

  @Override
  public FilterOverride override(String path, Any message) throws ResourceRejectedException {
    throw Fields.rejected(path, message.getTypeUrl() + " (expected: nothing about this filter)");
  }
}
