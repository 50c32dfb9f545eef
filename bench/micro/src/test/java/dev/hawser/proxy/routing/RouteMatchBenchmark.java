package dev.hawser.proxy.routing;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.proxy.codec.RouteCodec;
import dev.hawser.proxy.filter.Filters;
import dev.hawser.proxy.filter.HttpFilter;
import dev.hawser.proxy.filter.RouteSetting;
import dev.hawser.proxy.model.FilterConfig;
import dev.hawser.proxy.model.FilterOverride;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What it costs to find a request's host and its route. The table is read from xDS: {@code orders}
 * has 20 routes of all sorts, eight other services have one each, as without a VirtualService.
 */
@State(Scope.Thread)
public class RouteMatchBenchmark {
  private final HostTable table = read();
  private final SplittableRandom random = new SplittableRandom(1);
  private final Http2Headers toFirst = get("orders.shop:8080", "/healthz");
  private final Http2Headers toLast = get("orders.shop:8080", "/assets/app.js?v=3");
  private final Http2Headers toExpression = get("orders.shop:8080", "/v2/orders/4711/lines");
  private final Http2Headers toFields =
      get("orders.shop:8080", "/search?term=tea&kind=deep").add(ascii("x-tier"), ascii("gold"));
  private final Http2Headers toOther = get("billing.shop:8080", "/v1/invoices/12");

  private static HostTable read() {
    RouteConfiguration.Builder routes =
        RouteConfiguration.newBuilder()
            .setName("15001")
            .addVirtualHosts(host("orders", twentyRoutes()));
    for (String other :
        List.of("billing", "carts", "catalog", "mail", "prices", "search", "stock", "users")) {
      routes.addVirtualHosts(host(other, List.of(RouteMatch.newBuilder().setPrefix("/"))));
    }
    try {
      return new HostTable(RouteCodec.read(routes.build()), new Filters(new NoFilter()));
    } catch (ResourceRejectedException e) {
      throw new IllegalStateException("the benchmark's own table is refused", e);
    }
  }

  /** The table names none. */
  private static final class NoFilter implements Filters.Maker {
    @Override
    public HttpFilter filter(FilterConfig config) {
      throw new IllegalStateException("filter of a table without filters: " + config);
    }

    @Override
    public RouteSetting setting(FilterOverride.Settings settings) {
      throw new IllegalStateException("setting of a table without filters: " + settings);
    }
  }

  private static io.envoyproxy.envoy.config.route.v3.VirtualHost host(
      String service, List<RouteMatch.Builder> matches) {
    var host =
        io.envoyproxy.envoy.config.route.v3.VirtualHost.newBuilder()
            .setName(service)
            .addDomains(service + ".shop")
            .addDomains(service + ".shop:8080");
    for (int i = 0; i < matches.size(); i++) {
      host.addRoutes(
          io.envoyproxy.envoy.config.route.v3.Route.newBuilder()
              .setName(service + "-" + (i + 1))
              .setMatch(matches.get(i))
              .setRoute(RouteAction.newBuilder().setCluster(service + ".shop:8080")));
    }
    return host.build();
  }

  private static List<RouteMatch.Builder> twentyRoutes() {
    List<RouteMatch.Builder> routes = new ArrayList<>();
    for (String whole : List.of("/healthz", "/login", "/logout")) {
      routes.add(RouteMatch.newBuilder().setPath(whole));
    }
    for (String below :
        List.of("carts", "customers", "invoices", "items", "orders", "payments", "returns")) {
      routes.add(RouteMatch.newBuilder().setPathSeparatedPrefix("/v1/" + below));
    }
    routes.add(
        RouteMatch.newBuilder()
            .setSafeRegex(RegexMatcher.newBuilder().setRegex("/v[0-9]+/orders/[0-9]+/lines")));
    routes.add(RouteMatch.newBuilder().setPathSeparatedPrefix("/v2/orders"));
    routes.add(
        RouteMatch.newBuilder()
            .setPathMatchPolicy(
                TypedExtensionConfig.newBuilder()
                    .setName("template")
                    .setTypedConfig(
                        Any.pack(
                            UriTemplateMatchConfig.newBuilder()
                                .setPathTemplate("/users/{id}/orders")
                                .build()))));
    routes.add(
        RouteMatch.newBuilder()
            .setPrefix("/static")
            .setCaseSensitive(BoolValue.newBuilder().setValue(false)));
    routes.add(
        RouteMatch.newBuilder()
            .setPrefix("/shop.Orders/")
            .setGrpc(RouteMatch.GrpcRouteMatchOptions.getDefaultInstance()));
    routes.add(RouteMatch.newBuilder().setPrefix("/admin").addHeaders(header(":method", "POST")));
    routes.add(RouteMatch.newBuilder().setPrefix("/").addHeaders(header("x-canary", "always")));
    routes.add(
        RouteMatch.newBuilder()
            .setPrefix("/search")
            .addHeaders(header("x-tier", "gold"))
            .addQueryParameters(
                QueryParameterMatcher.newBuilder()
                    .setName("kind")
                    .setStringMatch(StringMatcher.newBuilder().setExact("deep"))));
    routes.add(RouteMatch.newBuilder().setPrefix("/search"));
    routes.add(RouteMatch.newBuilder().setPrefix("/"));
    return routes;
  }

  private static HeaderMatcher header(String name, String value) {
    return HeaderMatcher.newBuilder()
        .setName(name)
        .setStringMatch(StringMatcher.newBuilder().setExact(value))
        .build();
  }

  private static AsciiString ascii(String text) {
    return new AsciiString(text);
  }

  private static Http2Headers get(String authority, String path) {
    return new DefaultHttp2Headers(false)
        .method(ascii("GET"))
        .scheme(ascii("http"))
        .authority(ascii(authority))
        .path(ascii(path))
        .add(ascii("accept"), ascii("*/*"))
        .add(ascii("user-agent"), ascii("curl/8.14.1"))
        .add(ascii("x-request-id"), ascii("0b5c7e0a-6b1d-4a0e-9a57-3d1f0a9c2b44"));
  }

  HostTable table() {
    return table;
  }

  private Selection find(Http2Headers request) {
    VirtualHost host = table.find(String.valueOf(request.authority()));
    return Selection.in(Objects.requireNonNull(host, "no host"), request, null, random);
  }

  /** A service whose one route takes everything. */
  @Benchmark
  public Selection onlyOne() {
    return find(toOther);
  }

  /** The first of twenty. */
  @Benchmark
  public Selection first() {
    return find(toFirst);
  }

  /** A regular expression, the eleventh. */
  @Benchmark
  public Selection expression() {
    return find(toExpression);
  }

  /** A header and a query parameter, the eighteenth. */
  @Benchmark
  public Selection fields() {
    return find(toFields);
  }

  /** The last of twenty. */
  @Benchmark
  public Selection last() {
    return find(toLast);
  }
}
