package dev.hawser.proxy.filter;

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
   * Judges a request that is under way, when the configuration has changed; on its event loop. Only
   * what judges by itself refuses.
   *
   * @param setting what the route says about this filter now; null if nothing
   * @return why it may not go on; null if it may
   */
  default @Nullable Refusal review(Review review, @Nullable RouteSetting setting) {
    return null;
  }
}
