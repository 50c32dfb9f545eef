package dev.hawser.proxy.exchange;

import dev.hawser.proxy.affinity.Affinity;
import dev.hawser.proxy.affinity.AffinityPlan;
import dev.hawser.proxy.affinity.OriginalWish;
import dev.hawser.proxy.balance.Endpoint;
import dev.hawser.proxy.filter.Downstream;
import dev.hawser.proxy.http.HeaderNames;
import dev.hawser.proxy.model.RouteRule;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.proxy.reply.LocalReply;
import dev.hawser.proxy.routing.RouteDecision;
import dev.hawser.proxy.upstream.Upstream;
import dev.hawser.proxy.upstream.UpstreamStats;
import dev.hawser.proxy.upstream.WorkerUpstream;
import dev.hawser.proxy.worker.Worker;
import io.netty.handler.codec.http2.Http2Headers;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a request goes, and by which rules: what is known once it is routed.
 *
 * @param timeout of its response, from the end of the request
 * @param setCookie for the response; null for none
 */
record Course(
    WorkerUpstream upstream,
    RouteRule.Action.Forward action,
    Tries tries,
    Optional<Duration> timeout,
    @Nullable String setCookie) {

  /**
   * Works it out.
   *
   * @param to where there is room for the request
   */
  static Course of(
      RouteDecision.Forward forward,
      WorkerUpstream to,
      Side side,
      Worker worker,
      Http2Headers head,
      boolean grpc) {
    RouteRule.Action.Forward action = forward.action();
    Downstream from = side.downstream();
    AffinityPlan.Found sticky =
        AffinityPlan.find(action.stickiness(), forward.labels(), head, from.remote(), from.local());
    Tries tries =
        new Tries(
            to,
            worker,
            RetryJudge.ask(side.retries(action), head, grpc),
            affinity(forward, sticky, head, from),
            side.refusesUnprocessed());
    return new Course(
        to, action, tries, GrpcTimeout.response(action.timeouts(), head), sticky.setCookie());
  }

  private static Affinity affinity(
      RouteDecision.Forward forward,
      AffinityPlan.Found sticky,
      Http2Headers head,
      Downstream from) {
    UpstreamConfig.Endpoints.Original original = forward.upstream().original();
    return original == null
        ? sticky.affinity()
        : OriginalWish.of(original, head, from.redirected() ? from.local() : null);
  }

  String name() {
    return upstream.upstream().name();
  }

  Upstream.State state() {
    return upstream.upstream().state();
  }

  UpstreamStats stats() {
    return upstream.upstream().stats();
  }

  /**
   * Makes the head of the request fit for an endpoint.
   *
   * @param attempt 1 for the first
   */
  void address(Http2Headers head, Endpoint endpoint, int attempt) {
    AttemptHead.request(action, head, endpoint, attempt);
  }

  /** Says in the head of a response that passes what the route says about it. */
  void respond(Http2Headers head, int attempts) {
    if (setCookie != null) {
      head.add(HeaderNames.SET_COOKIE, setCookie);
    }
    AttemptHead.response(action, head, attempts);
  }

  /** Adds what the route says to an answer of the proxy itself. */
  LocalReply answer(LocalReply reply, int attempts) {
    return reply.withStep(head -> AttemptHead.response(action, head, attempts));
  }
}
