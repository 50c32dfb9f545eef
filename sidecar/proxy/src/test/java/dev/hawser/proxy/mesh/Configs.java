package dev.hawser.proxy.mesh;

import dev.hawser.api.model.Locality;
import dev.hawser.proxy.http.HttpEdge;
import dev.hawser.proxy.http.Pings;
import dev.hawser.proxy.model.Access;
import dev.hawser.proxy.model.Address;
import dev.hawser.proxy.model.Balancing;
import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.EndpointSet;
import dev.hawser.proxy.model.FilterConfig;
import dev.hawser.proxy.model.FilterEntry;
import dev.hawser.proxy.model.HeaderOps;
import dev.hawser.proxy.model.HealthCheck;
import dev.hawser.proxy.model.LabelSet;
import dev.hawser.proxy.model.ListenerConfig;
import dev.hawser.proxy.model.OutlierPolicy;
import dev.hawser.proxy.model.RetryRule;
import dev.hawser.proxy.model.RouteRule;
import dev.hawser.proxy.model.RouteTable;
import dev.hawser.proxy.model.Stickiness;
import dev.hawser.proxy.model.TextMatch;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.proxy.normalise.EscapedSlashes;
import dev.hawser.proxy.normalise.PathRules;
import dev.hawser.trust.spiffe.SpiffeId;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes the configuration that a control plane would send. */
final class Configs {
  static final String HOST = "127.0.0.1";

  /** What the control plane says to every sidecar. */
  static final HttpEdge EDGE =
      new HttpEdge(
          new PathRules(true, false, EscapedSlashes.KEEP),
          Set.of("websocket"),
          HttpEdge.Underscores.ALLOW,
          HttpEdge.Bounds.USUAL);

  private Configs() {}

  static String serverName(String service, String cluster) {
    return "p8080." + service + ".shop." + cluster + ".mesh.internal";
  }

  static EndpointConfig endpoint(int port, String serverName, String cluster) {
    return new EndpointConfig(
        new Address(HOST, port),
        serverName,
        Locality.parse(cluster + "/a"),
        1,
        EndpointConfig.Health.HEALTHY,
        cluster,
        EndpointConfig.NO_SLOT,
        0,
        false,
        "");
  }

  static EndpointSet.Group group(int priority, EndpointConfig... endpoints) {
    return new EndpointSet.Group(
        endpoints.length == 0 ? Locality.UNKNOWN : endpoints[0].locality(),
        priority,
        0,
        List.of(endpoints));
  }

  static EndpointSet set(String name, EndpointSet.Group... groups) {
    return new EndpointSet(name, List.of(groups), 140);
  }

  /** The upstream that a caller has: mutual TLS, HTTP/2, endpoints discovered. */
  static UpstreamConfig meshed(
      String name, UpstreamConfig.Protocol protocol, Duration stability, SpiffeId... identities) {
    return new UpstreamConfig(
        name,
        new UpstreamConfig.Endpoints.Discovered(name),
        Duration.ofSeconds(1),
        Balancing.by(new Balancing.Method.RoundRobin()),
        new UpstreamConfig.Security.MutualTls(
            Set.copyOf(Arrays.asList(identities)),
            List.of(protocol == UpstreamConfig.Protocol.TCP ? "hawser-tcp/1" : "h2")),
        protocol,
        Pings.everySecond(),
        Optional.empty(),
        OutlierPolicy.defaults(),
        UpstreamConfig.Limits.defaults(),
        UpstreamConfig.ConnectionRules.none(),
        List.of(),
        stability,
        new UpstreamConfig.Destination("orders", "shop", 8080));
  }

  /** The same upstream, whose endpoints are asked whether they are well. */
  static UpstreamConfig checked(UpstreamConfig upstream, HealthCheck check) {
    return new UpstreamConfig(
        upstream.name(),
        upstream.endpoints(),
        upstream.connectTimeout(),
        upstream.balancing(),
        upstream.security(),
        upstream.protocol(),
        upstream.pings(),
        upstream.idleTimeout(),
        upstream.outliers(),
        upstream.limits(),
        upstream.connections(),
        List.of(check),
        upstream.stability(),
        upstream.destination());
  }

  /** The upstream that a callee has: its own application. */
  static UpstreamConfig application(String name, UpstreamConfig.Protocol protocol, int port) {
    return new UpstreamConfig(
        name,
        new UpstreamConfig.Endpoints.Fixed(set(name, group(0, endpoint(port, "", "")))),
        Duration.ofSeconds(1),
        Balancing.by(new Balancing.Method.RoundRobin()),
        new UpstreamConfig.Security.Plaintext(),
        protocol,
        Pings.never(),
        Optional.empty(),
        OutlierPolicy.off(),
        UpstreamConfig.Limits.defaults(),
        UpstreamConfig.ConnectionRules.none(),
        List.of(),
        Duration.ZERO,
        new UpstreamConfig.Destination("orders", "shop", 8080));
  }

  static RetryRule usualRetries() {
    return new RetryRule(
        Set.of(
            RetryRule.Condition.CONNECT_FAILURE,
            RetryRule.Condition.REFUSED_STREAM,
            RetryRule.Condition.RESET),
        2,
        Optional.empty(),
        Set.of());
  }

  static RouteTable routes(String name, String upstream, Duration timeout, RetryRule retries) {
    return routes(name, upstream, timeout, retries, HeaderOps.NONE);
  }

  static RouteTable routes(
      String name, String upstream, Duration timeout, RetryRule retries, HeaderOps headers) {
    RouteRule rule =
        new RouteRule(
            "default",
            RouteRule.Match.of(new RouteRule.PathMatch.Prefix("/")),
            new RouteRule.Action.Forward(
                new RouteRule.Choice.Weighted(
                    List.of(
                        new RouteRule.Target(
                            upstream, 1, headers, Map.of(), Optional.empty(), LabelSet.NONE)),
                    Optional.empty()),
                RouteRule.Timeouts.of(timeout.isZero() ? Optional.empty() : Optional.of(timeout)),
                retries,
                new RouteRule.PathRewrite.Keep(),
                new RouteRule.HostRewrite.Keep(),
                List.of(),
                RouteRule.AttemptCount.UNTOLD,
                Stickiness.NONE),
            HeaderOps.NONE,
            Map.of(),
            List.of());
    return new RouteTable(
        name, List.of(new RouteTable.Host(name, List.of("*"), List.of(rule))), false, false);
  }

  static ListenerConfig.Content.Http http(
      ListenerConfig.Routes routes, boolean callee, Access... access) {
    return new ListenerConfig.Content.Http(
        routes,
        Arrays.stream(access)
            .map(one -> new FilterEntry("rbac", false, new FilterConfig.Rbac(List.of(one))))
            .toList(),
        callee,
        Optional.empty(),
        EDGE);
  }

  static ListenerConfig plain(int port, ListenerConfig.Content content) {
    return new ListenerConfig(
        "upstream|" + port,
        new Address(HOST, port),
        List.of(new ListenerConfig.Chain("only", List.of(), List.of(), false, List.of(), content)));
  }

  static ListenerConfig.Chain chain(
      String serverName, List<String> alpn, List<Access> access, ListenerConfig.Content content) {
    return new ListenerConfig.Chain(
        "inbound|" + serverName,
        List.of(serverName, "*." + serverName),
        alpn,
        true,
        access,
        content);
  }

  static Access callersOf(String... trustDomains) {
    List<Access.Rule> callers =
        Arrays.stream(trustDomains)
            .<Access.Rule>map(name ->
                new Access.Rule.Caller(new TextMatch.Prefix("spiffe://" + name + "/", false)))
            .toList();
    return new Access(
        true, List.of(new Access.Policy("clusters", callers, List.of(new Access.Rule.Any()))));
  }
}
