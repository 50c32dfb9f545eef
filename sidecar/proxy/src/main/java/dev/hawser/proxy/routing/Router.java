package dev.hawser.proxy.routing;

import dev.hawser.proxy.model.RouteRule;
import dev.hawser.proxy.reply.LocalReply;
import dev.hawser.proxy.upstream.Upstreams;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.SplittableRandom;

/** Turns what was found for a request into a decision. */
public final class Router {
  private Router() {}

  /** Decides, and rewrites the path if the rule says so. */
  public static RouteDecision decide(
      Selection selection, Http2Headers request, Upstreams upstreams, SplittableRandom random) {
    Route route = selection.route();
    if (route == null) {
      return new RouteDecision.Answer(selection.otherwise());
    }
    RouteRule rule = route.rule();
    return switch (rule.action()) {
      case RouteRule.Action.Answer(int status, String body) ->
          new RouteDecision.Answer(new LocalReply(status, "", "", body));
      case RouteRule.Action.Forward forward -> {
        forward
            .prefixRewrite()
            .ifPresent(rewrite -> RuleMatcher.rewritePath(rule, rewrite, request));
        RouteRule.Target target = RuleMatcher.choose(forward.targets(), random);
        yield new RouteDecision.Forward(forward, upstreams.get(target.upstream()), target.labels());
      }
    };
  }
}
