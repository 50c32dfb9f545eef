package dev.hawser.it.differential;

import com.google.protobuf.BoolValue;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Which route takes a request, and where it goes. */
final class RoutingCases {
  /** The body of the direct responses that have one. */
  static final String SAID_AT_ONCE = "said at once";

  private static final String[] HOSTS = {
    "shop.test", "Shop.Test", "shop.test:8080", "shop.test.", "api.shop.test", "api.test",
        "api.internal",
    "api.internal:80", "a.b.shop.test", "other", "127.0.0.1:9000", "[::1]:80", "xshop.test", "api"
  };

  private static final List<List<String>> DOMAINS =
      List.of(
          List.of("shop.test"),
          List.of("*.shop.test", "*-shop.test"),
          List.of("api.*"),
          List.of("shop.test:8080", "api.shop.test"),
          List.of("*"));

  private RoutingCases() {}

  static Configuration configuration(String name, Dice dice) {
    RouteConfiguration.Builder routes = RouteConfiguration.newBuilder().setName(name);
    if (dice.percent(30)) {
      routes.setIgnorePortInHostMatching(true);
    }
    for (int i = 0; i < DOMAINS.size(); i++) {
      List<String> domains = DOMAINS.get(i);
      if (routes.getIgnorePortInHostMatching()) {
        domains = domains.stream().filter(domain -> !domain.contains(":")).toList();
      }
      if (i < 2 || dice.percent(70)) {
        routes.addVirtualHosts(host("host-" + i, domains, dice));
      }
    }
    Configuration.Edge edge = new Configuration.Edge(dice.percent(50), dice.percent(50));
    return new Configuration(
        name, routes.build(), Map.of(), edge, random -> request(new Dice(random)));
  }

  static Request request(Dice dice) {
    List<Field> fields = new ArrayList<>();
    fields.add(new Field("Host", dice.of(HOSTS)));
    fields.addAll(Texts.fields(dice));
    String method =
        dice.of("GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH");
    String body = method.startsWith("P") && dice.percent(70) ? "hello" : "";
    return new Request(method, Texts.target(dice), fields, body);
  }

  private static VirtualHost host(String name, List<String> domains, Dice dice) {
    VirtualHost.Builder host = VirtualHost.newBuilder().setName(name).addAllDomains(domains);
    int count = 3 + dice.below(6);
    for (int i = 0; i < count; i++) {
      host.addRoutes(route(name + "-" + i, dice));
    }
    if (dice.percent(70)) {
      host.addRoutes(
          named(name + "-rest")
              .setMatch(RouteMatch.newBuilder().setPrefix("/"))
              .setRoute(RouteAction.newBuilder().setCluster(Applications.name(0))));
    }
    return host.build();
  }

  /** Every route says its name to both sides. */
  static Route.Builder named(String name) {
    return Route.newBuilder()
        .setName(name)
        .addRequestHeadersToAdd(
            HeaderValueOption.newBuilder()
                .setHeader(HeaderValue.newBuilder().setKey("x-route").setValue(name)))
        .addResponseHeadersToAdd(
            HeaderValueOption.newBuilder()
                .setHeader(HeaderValue.newBuilder().setKey("x-route").setValue(name)));
  }

  private static Route route(String name, Dice dice) {
    RouteMatch.Builder match = Texts.path(dice);
    if (dice.percent(35)) {
      match.addHeaders(Texts.header(dice));
    }
    if (dice.percent(20)) {
      match.addQueryParameters(Texts.query(dice));
    }
    Route.Builder route = named(name).setMatch(match);
    switch (dice.below(10)) {
      case 0, 1 -> route.setRedirect(redirect(dice, match));
      case 2 -> route.setDirectResponse(answer(dice));
      default -> route.setRoute(forward(dice, match));
    }
    return route.build();
  }

  private static DirectResponseAction answer(Dice dice) {
    DirectResponseAction.Builder action =
        DirectResponseAction.newBuilder().setStatus(dice.of(200, 204, 403, 404, 503));
    if (action.getStatus() != 204 && dice.percent(60)) {
      action.setBody(DataSource.newBuilder().setInlineString(SAID_AT_ONCE));
    }
    return action.build();
  }

  private static RedirectAction redirect(Dice dice, RouteMatch.Builder match) {
    RedirectAction.Builder action = RedirectAction.newBuilder();
    switch (dice.below(5)) {
      case 0 -> action.setPathRedirect(dice.of("/elsewhere", "/elsewhere?z=1"));
      case 1 -> action.setRegexRewrite(rewrite(dice));
      case 2 -> {
        if (hasPrefix(match)) {
          action.setPrefixRewrite(dice.of("/p", "/"));
        }
      }
      default -> action.setHostRedirect(dice.of("new.test", "new.test:99"));
    }
    switch (dice.below(4)) {
      case 0 -> action.setHttpsRedirect(true);
      case 1 -> action.setSchemeRedirect("https");
      default -> {}
    }
    if (dice.percent(20)) {
      action.setPortRedirect(dice.of(80, 443, 8443));
    }
    if (dice.percent(25)) {
      action.setStripQuery(true);
    }
    return action.setResponseCodeValue(dice.below(5)).build();
  }

  private static boolean hasPrefix(RouteMatch.Builder match) {
    return match.hasPrefix() || match.hasPath() || match.hasPathSeparatedPrefix();
  }

  private static RegexMatchAndSubstitute rewrite(Dice dice) {
    return dice.of(
        substitute("/items/([0-9]+)", "/\\1/item"),
        substitute("a", "z"),
        substitute("^/(.*)/b", "/b/\\1"),
        substitute("/+", "/"));
  }

  private static RegexMatchAndSubstitute substitute(String pattern, String by) {
    return RegexMatchAndSubstitute.newBuilder()
        .setPattern(Texts.regex(pattern))
        .setSubstitution(by)
        .build();
  }

  private static RouteAction forward(Dice dice, RouteMatch.Builder match) {
    RouteAction.Builder action = RouteAction.newBuilder();
    String application = Applications.name(dice.below(6));
    if (dice.percent(15)) {
      action.setWeightedClusters(
          WeightedCluster.newBuilder()
              .addClusters(weight(application, 100))
              .addClusters(weight("app-5", 0)));
    } else if (dice.percent(10)) {
      action.setClusterHeader("x-cluster");
    } else {
      action.setCluster(application);
    }
    if (dice.percent(25) && hasPrefix(match)) {
      action.setPrefixRewrite(dice.of("/p", "/p/", "/", "/a"));
    } else if (dice.percent(25)) {
      action.setRegexRewrite(rewrite(dice));
    }
    switch (dice.below(12)) {
      case 0, 1 -> action.setHostRewriteLiteral(dice.of("inner.test", "inner.test:81"));
      case 2 -> action.setHostRewriteHeader("x-a");
      case 3 -> action.setHostRewritePathRegex(substitute("^/([a-z]+).*", "\\1.test"));
      case 4 -> action.setAutoHostRewrite(BoolValue.of(false));
      default -> {}
    }
    if (action.getHostRewriteSpecifierCase()
            != RouteAction.HostRewriteSpecifierCase.HOSTREWRITESPECIFIER_NOT_SET
        && dice.percent(30)) {
      action.setAppendXForwardedHost(true);
    }
    return action.build();
  }

  private static WeightedCluster.ClusterWeight weight(String name, int weight) {
    return WeightedCluster.ClusterWeight.newBuilder()
        .setName(name)
        .setWeight(UInt32Value.of(weight))
        .build();
  }
}
