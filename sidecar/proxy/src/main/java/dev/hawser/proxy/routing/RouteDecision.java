package dev.hawser.proxy.routing;

import dev.hawser.proxy.model.HeaderOps;
import dev.hawser.proxy.model.LabelSet;
import dev.hawser.proxy.model.RouteRule;
import dev.hawser.proxy.reply.LocalReply;
import dev.hawser.proxy.upstream.Upstream;
import io.netty.handler.codec.http2.Http2Headers;

/** What becomes of a request. */
public sealed interface RouteDecision {
  /**
   * It is passed on; its head has been changed for that.
   *
   * @param action as the rule says
   * @param upstream the one of its targets that was chosen
   * @param labels that the target asks of the endpoint
   * @param headers of which those of the response are still to be changed
   */
  record Forward(
      RouteRule rule,
      RouteRule.Action.Forward action,
      Upstream upstream,
      HeaderOps headers,
      LabelSet labels)
      implements RouteDecision {

    /** Changes the head of the upstream's response as the rule says. */
    public void respond(Http2Headers request, Http2Headers response, RouteContext context) {
      if (!headers.response().isEmpty()) {
        new HeaderEditor(context, rule.name(), upstream.name(), request, response)
            .apply(headers.response(), response);
      }
    }
  }

  /** It is answered here. */
  record Answer(LocalReply reply) implements RouteDecision {}
}
