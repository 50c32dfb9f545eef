package dev.hawser.proxy.routing;

import dev.hawser.proxy.filter.Filters;
import dev.hawser.proxy.model.RouteRule;
import dev.hawser.proxy.model.RouteTable;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** The rules of some authorities, ready for use. Immutable. */
public final class VirtualHost {
  private final RouteTable.Host host;
  private final Route[] routes;
  private final Route[] connectRoutes;

  VirtualHost(RouteTable.Host host, Filters filters) {
    this.host = host;
    List<Route> all =
        host.rules().stream().map((RouteRule rule) -> new Route(rule, filters)).toList();
    this.routes = all.stream().filter(route -> !route.isForConnect()).toArray(Route[]::new);
    this.connectRoutes = all.stream().filter(Route::isForConnect).toArray(Route[]::new);
  }

  /** Returns the host as it was read. */
  public RouteTable.Host host() {
    return host;
  }

  /** Returns the first route that takes a request, or null. */
  @Nullable Route find(Http2Headers request, SplittableRandom random) {
    RequestPath path = RequestPath.of(request);
    for (Route route : request.path() == null ? connectRoutes : routes) {
      if (route.takes(request, path, random)) {
        return route;
      }
    }
    return null;
  }
}
