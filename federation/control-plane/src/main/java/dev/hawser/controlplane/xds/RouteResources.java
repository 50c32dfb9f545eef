package dev.hawser.controlplane.xds;

import dev.hawser.api.model.Protocol;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.policy.VirtualService;
import dev.hawser.controlplane.policy.VirtualService.Destination;
import dev.hawser.controlplane.policy.VirtualService.HttpMatch;
import dev.hawser.controlplane.policy.VirtualService.HttpRule;
import dev.hawser.controlplane.policy.VirtualService.PathMatch;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Where the requests of a service's port go. Without a policy: to the service, for at most 15 s
 * (without limit for gRPC, whose calls carry their own deadline and may be streams that last), with
 * up to two retries.
 */
final class RouteResources {
  private static final Duration TIMEOUT = Duration.ofSeconds(15);
  private static final String IDEMPOTENT = "GET|HEAD|OPTIONS|TRACE|PUT|DELETE";

  private RouteResources() {}

  static RouteConfiguration configuration(String name, Collection<VirtualHost> hosts) {
    return RouteConfiguration.newBuilder().setName(name).addAllVirtualHosts(hosts).build();
  }

  /**
   * Returns the virtual host of a service's port.
   *
   * @param domains that a request's authority must be one of
   */
  static VirtualHost host(
      ServiceName service,
      ServicePort port,
      List<String> domains,
      Optional<VirtualService> policy,
      ProxyKind kind) {
    VirtualHost.Builder host =
        VirtualHost.newBuilder()
            .setName(EndpointResources.name(service, port.number()))
            .addAllDomains(domains);
    List<HttpRule> rules = policy.map(VirtualService::http).orElse(List.of());
    if (rules.isEmpty()) {
      HttpRule rule = byDefault(service, port);
      return host.addAllRoutes(routes("default", everything(), action(rule, port), rule, kind))
          .build();
    }
    for (int i = 0; i < rules.size(); i++) {
      HttpRule rule = rules.get(i);
      String name = rule.name().isEmpty() ? "http[" + i + "]" : rule.name();
      for (RouteMatch match : matches(rule, port.number())) {
        host.addAllRoutes(routes(name, match, action(rule, port), rule, kind));
      }
    }
    return host.build();
  }

  /** Returns the virtual host of one workload: every request, to its cluster of the same name. */
  static VirtualHost pinned(String name, ServicePort port, ProxyKind kind) {
    HttpRule rule =
        new HttpRule("default", List.of(), List.of(), Optional.empty(), Optional.empty());
    RouteAction action = timed(rule, port).setCluster(name).build();
    return VirtualHost.newBuilder()
        .setName(name)
        .addDomains("*")
        .addAllRoutes(routes("default", everything(), action, rule, kind))
        .build();
  }

  private static HttpRule byDefault(ServiceName service, ServicePort port) {
    return new HttpRule(
        "default",
        List.of(),
        List.of(new Destination(service, java.util.OptionalInt.of(port.number()), 1)),
        Optional.empty(),
        Optional.empty());
  }

  private static RouteMatch everything() {
    return RouteMatch.newBuilder().setPrefix("/").build();
  }

  private static List<RouteMatch> matches(HttpRule rule, int port) {
    if (rule.matches().isEmpty()) {
      return List.of(everything());
    }
    List<RouteMatch> matches = new ArrayList<>();
    for (HttpMatch match : rule.matches()) {
      if (match.port().isEmpty() || match.port().getAsInt() == port) {
        matches.add(match(match));
      }
    }
    return matches;
  }

  private static RouteMatch match(HttpMatch match) {
    RouteMatch.Builder built = RouteMatch.newBuilder();
    switch (match.path().orElse(new PathMatch.Prefix("/"))) {
      case PathMatch.Exact exact -> built.setPath(exact.path());
      case PathMatch.Prefix prefix -> built.setPrefix(prefix.prefix());
    }
    match
        .headers()
        .forEach(header ->
            built.addHeaders(
                HeaderMatcher.newBuilder()
                    .setName(header.name())
                    .setStringMatch(StringMatcher.newBuilder().setExact(header.value()))));
    return built.build();
  }

  /**
   * Our own proxy knows by itself which requests may be repeated. Envoy repeats whatever the policy
   * names, so it gets one route for the methods that may be, and one for the others.
   */
  private static List<Route> routes(
      String name, RouteMatch match, RouteAction action, HttpRule rule, ProxyKind kind) {
    List<Route> routes = new ArrayList<>();
    if (kind == ProxyKind.ENVOY) {
      RouteMatch idempotent =
          match.toBuilder()
              .addHeaders(
                  HeaderMatcher.newBuilder()
                      .setName(":method")
                      .setStringMatch(
                          StringMatcher.newBuilder()
                              .setSafeRegex(RegexMatcher.newBuilder().setRegex(IDEMPOTENT))))
              .build();
      Optional<RouteAction> any = Retries.forEnvoy(action, rule, true);
      any.ifPresent(retried -> routes.add(route(name, idempotent, retried)));
      routes.add(route(name, match, Retries.forEnvoy(action, rule, false).orElse(action)));
    } else if (kind == ProxyKind.GRPC) {
      routes.add(route(name, match, action));
    } else {
      routes.add(route(name, match, Retries.forSidecar(action, rule)));
    }
    return routes;
  }

  private static Route route(String name, RouteMatch match, RouteAction action) {
    return Route.newBuilder().setName(name).setMatch(match).setRoute(action).build();
  }

  private static RouteAction.Builder timed(HttpRule rule, ServicePort port) {
    Duration byDefault = port.protocol() == Protocol.GRPC ? Duration.ZERO : TIMEOUT;
    return RouteAction.newBuilder().setTimeout(Wire.duration(rule.timeout().orElse(byDefault)));
  }

  private static RouteAction action(HttpRule rule, ServicePort port) {
    RouteAction.Builder action = timed(rule, port);
    List<Destination> destinations =
        rule.destinations().stream().filter(destination -> destination.weight() > 0).toList();
    if (destinations.size() == 1) {
      return action.setCluster(clusterOf(destinations.getFirst(), port)).build();
    }
    WeightedCluster.Builder split = WeightedCluster.newBuilder();
    for (Destination destination : destinations) {
      split.addClusters(
          WeightedCluster.ClusterWeight.newBuilder()
              .setName(clusterOf(destination, port))
              .setWeight(Wire.u32(destination.weight())));
    }
    return action.setWeightedClusters(split).build();
  }

  static String clusterOf(Destination destination, ServicePort called) {
    return EndpointResources.name(
        destination.service(), destination.port().orElse(called.number()));
  }
}
