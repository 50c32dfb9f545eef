package dev.hawser.proxy.routing;

import dev.hawser.proxy.model.LabelSet;
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
   * @param labels that the target asks of the endpoint
   */
  record Forward(RouteRule.Action.Forward action, Upstream upstream, LabelSet labels)
      implements RouteDecision {}

  /** It is answered here. */
  record Answer(LocalReply reply) implements RouteDecision {}
}
