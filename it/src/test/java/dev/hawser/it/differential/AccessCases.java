package dev.hawser.it.differential;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBACPerRoute;
import io.envoyproxy.envoy.type.matcher.v3.PathMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.v3.Int32Range;
import java.util.LinkedHashMap;
import java.util.Map;

/** Who may do what: rules that allow, rules that deny, both, and a route's own. */
final class AccessCases {
  private static final int DEPTH = 2;

  private AccessCases() {}

  static Configuration configuration(String name, Dice dice) {
    Map<String, Message> filters = new LinkedHashMap<>();
    if (dice.percent(60)) {
      filters.put("deny", filter(rules(dice, RBAC.Action.DENY)));
    }
    if (filters.isEmpty() || dice.percent(70)) {
      filters.put("allow", filter(rules(dice, RBAC.Action.ALLOW)));
    }
    VirtualHost.Builder host = VirtualHost.newBuilder().setName("all").addDomains("*");
    if (dice.percent(60)) {
      Route.Builder own =
          RoutingCases.named("own")
              .setMatch(RouteMatch.newBuilder().setPrefix("/items"))
              .setRoute(RouteAction.newBuilder().setCluster(Applications.name(1)));
      String filter = filters.keySet().iterator().next();
      RBACPerRoute.Builder override = RBACPerRoute.newBuilder();
      if (dice.percent(70)) {
        override.setRbac(filter(rules(dice, dice.of(RBAC.Action.ALLOW, RBAC.Action.DENY))));
      }
      host.addRoutes(own.putTypedPerFilterConfig(filter, Any.pack(override.build())));
    }
    host.addRoutes(
        RoutingCases.named("rest")
            .setMatch(RouteMatch.newBuilder().setPrefix("/"))
            .setRoute(RouteAction.newBuilder().setCluster(Applications.name(0))));
    Configuration.Edge edge =
        dice.percent(60) ? Configuration.Edge.NORMAL : Configuration.Edge.PLAIN;
    return new Configuration(
        name,
        RouteConfiguration.newBuilder().setName(name).addVirtualHosts(host).build(),
        filters,
        edge,
        random -> RoutingCases.request(new Dice(random)));
  }

  private static io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC filter(RBAC rules) {
    return io.envoyproxy
        .envoy
        .extensions
        .filters
        .http
        .rbac
        .v3
        .RBAC
        .newBuilder()
        .setRules(rules)
        .build();
  }

  private static RBAC rules(Dice dice, RBAC.Action action) {
    RBAC.Builder rules = RBAC.newBuilder().setAction(action);
    for (int i = 1 + dice.below(3); i > 0; i--) {
      Policy.Builder policy = Policy.newBuilder();
      for (int j = 1 + dice.below(2); j > 0; j--) {
        policy.addPermissions(permission(dice, DEPTH));
        policy.addPrincipals(principal(dice, DEPTH));
      }
      rules.putPolicies("policy-" + i, policy.build());
    }
    return rules.build();
  }

  private static Permission permission(Dice dice, int depth) {
    Permission.Builder permission = Permission.newBuilder();
    switch (dice.below(depth > 0 ? 11 : 7)) {
      case 0 -> permission.setAny(true);
      case 1 -> permission.setHeader(Texts.header(dice));
      case 2, 3 -> permission.setUrlPath(path(dice));
      case 4 ->
          permission.setUriTemplate(
              Texts.template(dice.of("/items/*", "/{one}/b", "/x/**", "/a/{rest=**}")));
      case 5 -> permission.setDestinationIp(range(dice.of("127.0.0.0", "10.0.0.0"), 8));
      case 6 ->
          permission.setDestinationPortRange(
              Int32Range.newBuilder().setStart(dice.of(1, 40_000)).setEnd(65_000));
      case 7 -> permission.setNotRule(permission(dice, depth - 1));
      case 8, 9 ->
          permission.setAndRules(
              Permission.Set.newBuilder()
                  .addRules(permission(dice, depth - 1))
                  .addRules(permission(dice, depth - 1)));
      default ->
          permission.setOrRules(
              Permission.Set.newBuilder()
                  .addRules(permission(dice, depth - 1))
                  .addRules(permission(dice, depth - 1)));
    }
    return permission.build();
  }

  private static Principal principal(Dice dice, int depth) {
    Principal.Builder principal = Principal.newBuilder();
    switch (dice.below(depth > 0 ? 11 : 7)) {
      case 0, 1 -> principal.setAny(true);
      case 2, 3 -> principal.setHeader(Texts.header(dice));
      case 4 -> principal.setUrlPath(path(dice));
      case 5 ->
          principal.setDirectRemoteIp(range(dice.of("127.0.0.0", "127.0.0.1", "10.1.0.0"), 16));
      case 6 -> principal.setAuthenticated(Principal.Authenticated.getDefaultInstance());
      case 7 -> principal.setNotId(principal(dice, depth - 1));
      case 8, 9 ->
          principal.setAndIds(
              Principal.Set.newBuilder()
                  .addIds(principal(dice, depth - 1))
                  .addIds(principal(dice, depth - 1)));
      default ->
          principal.setOrIds(
              Principal.Set.newBuilder()
                  .addIds(principal(dice, depth - 1))
                  .addIds(principal(dice, depth - 1)));
    }
    return principal.build();
  }

  private static PathMatcher path(Dice dice) {
    StringMatcher.Builder match = StringMatcher.newBuilder();
    switch (dice.below(5)) {
      case 0 -> match.setExact(dice.of("/a", "/a/b", "/items/7", "/"));
      case 1 -> match.setPrefix(dice.of("/a", "/items/", "/A"));
      case 2 -> match.setSuffix(dice.of("/b", "7", ".html"));
      case 3 -> match.setContains(dice.of("/b/", "tem", ";"));
      default -> match.setSafeRegex(Texts.regex(dice.of("/a.*", "/items/[0-9]+", "/[^/]*")));
    }
    if (!match.hasSafeRegex() && dice.percent(30)) {
      match.setIgnoreCase(true);
    }
    return PathMatcher.newBuilder().setPath(match).build();
  }

  private static CidrRange range(String address, int bits) {
    return CidrRange.newBuilder()
        .setAddressPrefix(address)
        .setPrefixLen(UInt32Value.of(bits))
        .build();
  }
}
