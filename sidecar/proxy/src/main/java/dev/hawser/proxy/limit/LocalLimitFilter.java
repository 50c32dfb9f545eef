package dev.hawser.proxy.limit;

import dev.hawser.proxy.filter.FilterCall;
import dev.hawser.proxy.filter.HttpFilter;
import dev.hawser.proxy.filter.Outcome;
import dev.hawser.proxy.filter.RouteSetting;
import dev.hawser.proxy.model.RateLimits;
import dev.hawser.proxy.reply.LocalReply;
import dev.hawser.proxy.routing.FixedHeaders;
import org.jspecify.annotations.Nullable;

/** Refuses requests beyond a rate ({@code envoy.filters.http.local_ratelimit}). */
public final class LocalLimitFilter implements HttpFilter {
  static final int RESOURCE_EXHAUSTED = 8;

  private final LocalLimit own;

  /** Makes a filter. */
  public LocalLimitFilter(RateLimits.Local config) {
    this.own = new LocalLimit(config);
  }

  @Override
  public Outcome onRequest(FilterCall call, @Nullable RouteSetting setting) {
    LocalLimit limit = setting instanceof LocalLimit route ? route : own;
    RateLimits.Local config = limit.config();
    if (!config.enabled().takes(call.worker().random())) {
      return Outcome.PASS;
    }
    LocalLimit.Verdict verdict = limit.judge(call);
    TokenBucket tightest = verdict.tightest();
    if (config.tellsLimits() && tightest != null) {
      call.onResponse(head -> {
        head.setInt("x-ratelimit-limit", tightest.max());
        head.setInt("x-ratelimit-remaining", tightest.remaining());
        head.setLong("x-ratelimit-reset", tightest.resetSeconds());
      });
    }
    if (verdict.allowed()) {
      return Outcome.PASS;
    }
    if (!config.enforced().takes(call.worker().random())) {
      FixedHeaders.apply(config.whenNotEnforced(), call.request());
      return Outcome.PASS;
    }
    call.details("local_rate_limited");
    return new Outcome.Answer(
        new LocalReply(config.status(), "RL", "", "local_rate_limited")
            .withGrpcStatus(config.exhausted() ? RESOURCE_EXHAUSTED : LocalReply.BY_STATUS)
            .withStep(head -> FixedHeaders.apply(config.response(), head)));
  }
}
