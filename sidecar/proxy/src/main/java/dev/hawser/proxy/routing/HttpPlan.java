package dev.hawser.proxy.routing;

import dev.hawser.proxy.filter.FilterChain;
import dev.hawser.proxy.filter.Filters;
import dev.hawser.proxy.filter.Refusal;
import dev.hawser.proxy.filter.Review;
import dev.hawser.proxy.filter.RouteSettings;
import dev.hawser.proxy.model.ListenerConfig;
import dev.hawser.proxy.model.RouteTable;
import dev.hawser.proxy.observe.Observer;
import dev.hawser.proxy.observe.Observers;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP connection manager, ready for use. Immutable.
 *
 * @param table of its requests; null if they come by name
 * @param filters null if there are none
 * @param observer null if nothing is told about requests but metrics
 */
public record HttpPlan(
    ListenerConfig.Content.Http http,
    @Nullable HostTable table,
    @Nullable FilterChain filters,
    @Nullable Observer observer) {
  /**
   * Has its filters judge a request that is under way.
   *
   * @param host that takes it now; null if none does
   * @return why it may not go on; null if it may
   */
  public @Nullable Refusal review(@Nullable VirtualHost host, Review review) {
    if (filters == null) {
      return null;
    }
    RouteSettings settings =
        host == null
            ? null
            : Selection.in(host, review.request(), filters, review.worker().random()).settings();
    return filters.review(review, settings);
  }

  /**
   * Compiles one.
   *
   * @param inbound whether others call there
   */
  public static HttpPlan of(
      ListenerConfig.Content.Http http, Filters filters, Observers observers, boolean inbound) {
    HostTable table =
        http.routes() instanceof ListenerConfig.Routes.Inline(RouteTable inline)
            ? new HostTable(inline, filters)
            : null;
    return new HttpPlan(
        http, table, filters.chain(http.filters()), observers.of(http.observing(), inbound));
  }
}
