package dev.hawser.proxy.limit;

import dev.hawser.proxy.call.GrpcCall;
import dev.hawser.proxy.call.SideCall;
import dev.hawser.proxy.filter.FilterCall;
import dev.hawser.proxy.filter.HttpFilter;
import dev.hawser.proxy.filter.Outcome;
import dev.hawser.proxy.filter.RouteSetting;
import dev.hawser.proxy.model.RateLimits;
import dev.hawser.proxy.model.RateLimits.Entry;
import dev.hawser.proxy.reply.LocalReply;
import dev.hawser.proxy.routing.FixedHeaders;
import dev.hawser.proxy.upstream.Upstreams;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Asks a service whether a request is within its rate ({@code envoy.filters.http.ratelimit}, {@code
 * envoy.service.ratelimit.v3}). A request that no descriptor is made of is not asked about.
 */
public final class ServiceLimitFilter implements HttpFilter {
  private static final String METHOD =
      "envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit";

  private final RateLimits.Service config;
  private final Upstreams upstreams;

  /** Makes a filter. */
  public ServiceLimitFilter(RateLimits.Service config, Upstreams upstreams) {
    this.config = config;
    this.upstreams = upstreams;
  }

  @Override
  public Outcome onRequest(FilterCall call, @Nullable RouteSetting setting) {
    List<List<Entry>> descriptors = Descriptors.ofRoute(call, config.stage());
    if (descriptors.isEmpty()) {
      return Outcome.PASS;
    }
    SideCall question =
        GrpcCall.unary(
            call.worker(),
            upstreams.get(config.upstream()),
            METHOD,
            _ -> {},
            request(descriptors),
            RateLimitResponse.parser(),
            config.timeout(),
            result -> call.resume(outcome(call, result)));
    call.onEnd(question::cancel);
    return Outcome.WAIT;
  }

  private RateLimitRequest request(List<List<Entry>> descriptors) {
    RateLimitRequest.Builder request = RateLimitRequest.newBuilder().setDomain(config.domain());
    for (List<Entry> descriptor : descriptors) {
      RateLimitDescriptor.Builder one = request.addDescriptorsBuilder();
      for (Entry entry : descriptor) {
        one.addEntriesBuilder().setKey(entry.key()).setValue(entry.value());
      }
    }
    return request.build();
  }

  private Outcome outcome(FilterCall call, GrpcCall.Result<RateLimitResponse> result) {
    return switch (result) {
      case GrpcCall.Result.Failed<RateLimitResponse> _ -> failed(call);
      case GrpcCall.Result.Answered<RateLimitResponse>(RateLimitResponse response) ->
          switch (response.getOverallCode()) {
            case OVER_LIMIT -> refused(call, response);
            case OK -> {
              say(response.getRequestHeadersToAddList(), call.request());
              call.onResponse(head -> {
                say(response.getResponseHeadersToAddList(), head);
                limits(response, head);
              });
              yield Outcome.PASS;
            }
            case UNKNOWN, UNRECOGNIZED -> failed(call);
          };
    };
  }

  private Outcome failed(FilterCall call) {
    if (!config.denies()) {
      return Outcome.PASS;
    }
    call.details("rate_limiter_error");
    return new Outcome.Answer(
        new LocalReply(
            config.statusOnError(),
            "RLSE",
            "rate_limit_error",
            "the rate limit service " + config.upstream() + " gave no answer"));
  }

  private Outcome refused(FilterCall call, RateLimitResponse response) {
    call.details("request_rate_limited");
    return new Outcome.Answer(
        new LocalReply(config.status(), "RL", "", response.getRawBody().toStringUtf8())
            .withGrpcStatus(
                config.exhausted() ? LocalLimitFilter.RESOURCE_EXHAUSTED : LocalReply.BY_STATUS)
            .withStep(head -> {
              say(response.getResponseHeadersToAddList(), head);
              limits(response, head);
              if (config.tellsLimited()) {
                head.set("x-envoy-ratelimited", "true");
              }
              FixedHeaders.apply(config.response(), head);
            }));
  }

  /** The service is trusted with headers, but not with the framing of messages. */
  private static void say(List<HeaderValue> headers, Http2Headers head) {
    for (HeaderValue header : headers) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      boolean fits =
          name.matches("[a-z0-9!#$%&'*+.^_`|~-]+")
              && !name.equals("content-length")
              && !name.equals("transfer-encoding")
              && !name.equals("connection")
              && !name.equals("host")
              && header.getValue().chars().allMatch(c -> c >= ' ' && c < 0x7f);
      if (fits) {
        head.add(name, header.getValue());
      }
    }
  }

  /** Tells of the limit that is nearest (draft-ietf-httpapi-ratelimit-headers-03). */
  private void limits(RateLimitResponse response, Http2Headers head) {
    if (!config.tellsLimits()) {
      return;
    }
    RateLimitResponse.DescriptorStatus nearest = null;
    for (RateLimitResponse.DescriptorStatus status : response.getStatusesList()) {
      boolean nearer =
          status.hasCurrentLimit()
              && (nearest == null || status.getLimitRemaining() < nearest.getLimitRemaining());
      nearest = nearer ? status : nearest;
    }
    if (nearest != null) {
      long limit = Integer.toUnsignedLong(nearest.getCurrentLimit().getRequestsPerUnit());
      head.setLong("x-ratelimit-limit", limit);
      head.setLong("x-ratelimit-remaining", Integer.toUnsignedLong(nearest.getLimitRemaining()));
      head.setLong("x-ratelimit-reset", nearest.getDurationUntilReset().getSeconds());
    }
  }
}
