package dev.hawser.proxy.routing;

import dev.hawser.proxy.model.RouteRule;
import dev.hawser.proxy.reply.LocalReply;
import dev.hawser.proxy.upstream.Upstream;

/** What becomes of a request. */
public sealed interface RouteDecision {
  /**
   * It is passed on.
   *
   * @param action as the route says
   * @param upstream the one of its targets that was chosen
   */
  record Forward(RouteRule.Action.Forward action, Upstream upstream) implements RouteDecision {}

  /** It is answered here. */
  record Answer(LocalReply reply) implements RouteDecision {}
}
