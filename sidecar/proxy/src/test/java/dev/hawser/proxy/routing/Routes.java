package dev.hawser.proxy.routing;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.proxy.codec.RouteCodec;
import dev.hawser.proxy.filter.Filters;
import dev.hawser.proxy.filter.HttpFilter;
import dev.hawser.proxy.filter.Outcome;
import dev.hawser.proxy.filter.RouteSetting;
import dev.hawser.proxy.model.FilterConfig;
import dev.hawser.proxy.model.FilterOverride;
import dev.hawser.proxy.model.RouteRule;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Routes as a control plane would send them, and requests for them. */
final class Routes {
  static final Filters NO_FILTERS =
      new Filters(
          new Filters.Maker() {
            @Override
            public HttpFilter filter(FilterConfig config) {
              return (_, _) -> Outcome.PASS;
            }

            @Override
            public RouteSetting setting(FilterOverride.Settings settings) {
              return new RouteSetting() {};
            }
          });

  private Routes() {}

  static Http2Headers get(String path, String... headers) {
    Http2Headers request =
        new DefaultHttp2Headers().method("GET").scheme("http").authority("a.b:80").path(path);
    for (int i = 0; i < headers.length; i += 2) {
      request.add(headers[i], headers[i + 1]);
    }
    return request;
  }

  /** Returns a match of everything, as a start. */
  static RouteMatch.Builder all() {
    return RouteMatch.newBuilder().setPrefix("/");
  }

  static Route.Builder route(RouteMatch.Builder match) {
    Route.Builder route = Route.newBuilder().setName("r").setMatch(match);
    route.getRouteBuilder().setCluster("c");
    return route;
  }

  static RouteConfiguration table(Route.Builder... routes) {
    VirtualHost.Builder host = VirtualHost.newBuilder().setName("h").addDomains("*");
    for (Route.Builder route : routes) {
      host.addRoutes(route);
    }
    return RouteConfiguration.newBuilder().setName("t").addVirtualHosts(host).build();
  }

  static RouteRule rule(Route.Builder route) throws ResourceRejectedException {
    return RouteCodec.read(table(route)).hosts().getFirst().rules().getFirst();
  }

  /** Returns the name of the route that takes a request, or null. */
  static @Nullable String find(RouteConfiguration table, Http2Headers request)
      throws ResourceRejectedException {
    var host =
        new HostTable(RouteCodec.read(table), NO_FILTERS).find(String.valueOf(request.authority()));
    var found = host == null ? null : host.find(request, new SplittableRandom(1));
    return found == null ? null : found.rule().name();
  }

  static boolean takes(RouteMatch.Builder match, Http2Headers request)
      throws ResourceRejectedException {
    return find(table(route(match)), request) != null;
  }
}
