package dev.hawser.proxy.filter;

import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/**
 * A step that a request passes before it is passed on or answered by its route. Made when
 * configuration arrives and shared by all requests and event loops: what changes in it must bear
 * that.
 */
public interface HttpFilter {
  /**
   * Looks at the head of a request, on its event loop; must not block.
   *
   * @param call the request, alive until {@link FilterCall#onEnd}
   * @param setting what the route says about this filter, made when it arrived; null if nothing
   */
  Outcome onRequest(FilterCall call, @Nullable RouteSetting setting);

  /**
   * Whether a request that is under way would be let in again. Only what judges by rules of its own
   * says no; asked when the configuration has changed, on the event loop.
   *
   * @param request the head, which must not be altered
   * @param told what filters said about it when it came; null if there were none
   */
  default boolean stillAllows(
      Downstream downstream,
      Http2Headers request,
      @Nullable Metadata told,
      @Nullable RouteSetting setting) {
    return true;
  }
}
