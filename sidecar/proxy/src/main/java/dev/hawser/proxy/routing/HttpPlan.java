package dev.hawser.proxy.routing;

import dev.hawser.proxy.filter.FilterChain;
import dev.hawser.proxy.filter.Filters;
import dev.hawser.proxy.model.ListenerConfig;
import dev.hawser.proxy.model.RouteTable;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP connection manager, ready for use. Immutable.
 *
 * @param table of its requests; null if they come by name
 * @param filters null if there are none
 */
public record HttpPlan(
    ListenerConfig.Content.Http http, @Nullable HostTable table, @Nullable FilterChain filters) {
  /** Compiles one. */
  public static HttpPlan of(ListenerConfig.Content.Http http, Filters filters) {
    HostTable table =
        http.routes() instanceof ListenerConfig.Routes.Inline(RouteTable inline)
            ? new HostTable(inline, filters)
            : null;
    return new HttpPlan(http, table, filters.chain(http.filters()));
  }
}
