package dev.hawser.proxy.routing;

import dev.hawser.proxy.exchange.LocalReply;
import dev.hawser.proxy.exchange.Replies;
import dev.hawser.proxy.exchange.RouteDecision;
import dev.hawser.proxy.model.RouteRule;
import dev.hawser.proxy.model.RouteTable;
import dev.hawser.proxy.upstream.Upstreams;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.SplittableRandom;

/** Turns the rule that takes a request into a decision. */
public final class Router {
  private Router() {}

  /** Decides, and rewrites the path if the rule says so. */
  public static RouteDecision decide(
      RouteTable.Host host, Http2Headers request, Upstreams upstreams, SplittableRandom random) {
    RouteRule rule = RuleMatcher.find(host, request);
    if (rule == null) {
      return new RouteDecision.Answer(Replies.noRoute(host.name()));
    }
    return switch (rule.action()) {
      case RouteRule.Action.Answer(int status, String body) ->
          new RouteDecision.Answer(new LocalReply(status, "", "", body));
      case RouteRule.Action.Forward forward -> {
        forward
            .prefixRewrite()
            .ifPresent(rewrite -> RuleMatcher.rewritePath(rule, rewrite, request));
        RouteRule.Target target = RuleMatcher.choose(forward.targets(), random);
        yield new RouteDecision.Forward(forward, upstreams.get(target.upstream()));
      }
    };
  }
}
