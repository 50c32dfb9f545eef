package dev.hawser.proxy.exchange;

import dev.hawser.proxy.balance.Endpoint;
import dev.hawser.proxy.model.RouteRule;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;

/** What heads say about the try that they belong to. */
final class AttemptHead {
  private static final AsciiString ATTEMPT_COUNT = AsciiString.cached("x-envoy-attempt-count");

  private AttemptHead() {}

  /**
   * Makes the head of a request fit for an endpoint.
   *
   * @param attempt 1 for the first
   */
  static void request(
      RouteRule.Action.Forward action, Http2Headers head, Endpoint endpoint, int attempt) {
    if (action.attemptCount().inRequest()) {
      head.setInt(ATTEMPT_COUNT, attempt);
    }
    String name = endpoint.config().serverName();
    if (action.host() instanceof RouteRule.HostRewrite.OfEndpoint && !name.isEmpty()) {
      head.authority(name);
    }
  }

  /** Says in the head of the response how many tries it took. */
  static void response(RouteRule.Action.Forward action, Http2Headers head, int attempts) {
    if (action.attemptCount().inResponse()) {
      head.setInt(ATTEMPT_COUNT, attempts);
    }
  }
}
