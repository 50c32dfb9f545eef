package dev.hawser.proxy.routing;

import dev.hawser.proxy.filter.Downstream;
import dev.hawser.proxy.filter.FilterChain;
import dev.hawser.proxy.filter.Filters;
import dev.hawser.proxy.filter.Metadata;
import dev.hawser.proxy.filter.RouteSettings;
import dev.hawser.proxy.model.ListenerConfig;
import dev.hawser.proxy.model.RouteTable;
import dev.hawser.proxy.observe.Observer;
import dev.hawser.proxy.observe.Observers;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.SplittableRandom;
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
   * Whether its filters would let a request in that is under way.
   *
   * @param host that takes it now; null if none does
   * @param told what filters said about it when it came; null if there were none
   */
  public boolean stillAllows(
      @Nullable VirtualHost host,
      Downstream downstream,
      Http2Headers request,
      @Nullable Metadata told,
      SplittableRandom random) {
    if (filters == null) {
      return true;
    }
    RouteSettings settings =
        host == null ? null : Selection.in(host, request, filters, random).settings();
    return filters.stillAllows(downstream, request, told, settings);
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
