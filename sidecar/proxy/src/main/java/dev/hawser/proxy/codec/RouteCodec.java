package dev.hawser.proxy.codec;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.FilterOverride;
import dev.hawser.proxy.model.LabelSet;
import dev.hawser.proxy.model.RouteRule;
import dev.hawser.proxy.model.RouteTable;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads routes (RDS) and virtual hosts (VHDS). */
public final class RouteCodec {
  /** Envoy's own when a route says nothing. */
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(15);

  private RouteCodec() {}

  /** Reads a resource. */
  public static RouteTable read(RouteConfiguration routes) throws ResourceRejectedException {
    SupportedFields.requireKnown(routes);
    return table("", routes);
  }

  /** Reads a resource that came on demand. */
  public static RouteTable.Host read(VirtualHost host) throws ResourceRejectedException {
    SupportedFields.requireKnown(host);
    return host("", host, Map.of());
  }

  static RouteTable table(String path, RouteConfiguration routes) throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path,
        routes,
        "name",
        "virtual_hosts",
        "vhds",
        "validate_clusters",
        "typed_per_filter_config");
    Map<String, FilterOverride> filters =
        FilterCodecs.overrides(
            join(path, "typed_per_filter_config"), routes.getTypedPerFilterConfigMap(), Map.of());
    List<RouteTable.Host> hosts = new ArrayList<>();
    for (int i = 0; i < routes.getVirtualHostsCount(); i++) {
      hosts.add(host(join(path, "virtual_hosts[" + i + "]"), routes.getVirtualHosts(i), filters));
    }
    return new RouteTable(routes.getName(), hosts, routes.hasVhds());
  }

  private static RouteTable.Host host(
      String path, VirtualHost host, Map<String, FilterOverride> outer)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(path, host, "name", "domains", "routes", "typed_per_filter_config");
    Map<String, FilterOverride> filters =
        FilterCodecs.overrides(
            join(path, "typed_per_filter_config"), host.getTypedPerFilterConfigMap(), outer);
    List<RouteRule> rules = new ArrayList<>();
    for (int i = 0; i < host.getRoutesCount(); i++) {
      rules.add(rule(join(path, "routes[" + i + "]"), host.getRoutes(i), filters));
    }
    List<String> domains =
        host.getDomainsList().stream().map(domain -> domain.toLowerCase(Locale.ROOT)).toList();
    return new RouteTable.Host(host.getName(), domains, rules);
  }

  private static RouteRule rule(String path, Route route, Map<String, FilterOverride> outer)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path,
        route,
        "name",
        "match",
        "route",
        "direct_response",
        "metadata",
        "typed_per_filter_config");
    RouteRule.Action action =
        switch (route.getActionCase()) {
          case ROUTE -> forward(path + ".route", route.getRoute());
          case DIRECT_RESPONSE -> answer(path + ".direct_response", route.getDirectResponse());
          default ->
              throw Fields.rejected(
                  path, route.getActionCase() + " (expected: route or direct_response)");
        };
    return new RouteRule(
        route.getName(),
        match(path + ".match", route.getMatch()),
        action,
        FilterCodecs.overrides(
            path + ".typed_per_filter_config", route.getTypedPerFilterConfigMap(), outer));
  }

  static RouteRule.Match match(String path, RouteMatch match) throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path,
        match,
        "prefix",
        "path",
        "path_separated_prefix",
        "case_sensitive",
        "headers",
        "query_parameters");
    RouteRule.PathMatch test =
        switch (match.getPathSpecifierCase()) {
          case PREFIX -> new RouteRule.PathMatch.Prefix(match.getPrefix());
          case PATH -> new RouteRule.PathMatch.Exact(match.getPath());
          case PATH_SEPARATED_PREFIX ->
              new RouteRule.PathMatch.Below(match.getPathSeparatedPrefix());
          default ->
              throw Fields.rejected(
                  path,
                  match.getPathSpecifierCase()
                      + " (expected: prefix, path or path_separated_prefix)");
        };
    return new RouteRule.Match(
        test,
        match.hasCaseSensitive() && !match.getCaseSensitive().getValue(),
        TextCodec.headers(path + ".headers", match.getHeadersList()),
        TextCodec.query(path + ".query_parameters", match.getQueryParametersList()));
  }

  private static RouteRule.Action forward(String path, RouteAction action)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path,
        action,
        "cluster",
        "weighted_clusters",
        "timeout",
        "idle_timeout",
        "retry_policy",
        "prefix_rewrite",
        "host_rewrite_literal",
        "hash_policy",
        "metadata_match");
    return new RouteRule.Action.Forward(
        targets(path, action),
        timeout(path + ".timeout", action),
        action.hasIdleTimeout()
            ? positive(Fields.duration(path + ".idle_timeout", action.getIdleTimeout()))
            : Optional.empty(),
        action.hasRetryPolicy()
            ? RetryCodec.rule(path + ".retry_policy", action.getRetryPolicy())
            : dev.hawser.proxy.model.RetryRule.none(),
        header(path + ".prefix_rewrite", action.getPrefixRewrite()),
        header(path + ".host_rewrite_literal", action.getHostRewriteLiteral()),
        StickinessCodec.read(path + ".hash_policy", action.getHashPolicyList()));
  }

  private static Optional<Duration> timeout(String path, RouteAction action)
      throws ResourceRejectedException {
    return action.hasTimeout()
        ? positive(Fields.duration(path, action.getTimeout()))
        : Optional.of(DEFAULT_TIMEOUT);
  }

  static Optional<Duration> positive(Duration duration) {
    return duration.isPositive() ? Optional.of(duration) : Optional.empty();
  }

  /** What goes into a head must not be able to end its line. */
  private static Optional<String> header(String path, String value)
      throws ResourceRejectedException {
    if (value.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
      throw Fields.rejected(path, "has a space or control character (expected: visible ASCII)");
    }
    return value.isEmpty() ? Optional.empty() : Optional.of(value);
  }

  private static List<RouteRule.Target> targets(String path, RouteAction action)
      throws ResourceRejectedException {
    LabelSet labels = LabelCodec.wanted(action.getMetadataMatch());
    if (action.hasCluster()) {
      return List.of(new RouteRule.Target(action.getCluster(), 1, labels));
    }
    if (!action.hasWeightedClusters()) {
      throw Fields.rejected(
          path, action.getClusterSpecifierCase() + " (expected: cluster or weighted_clusters)");
    }
    String at = path + ".weighted_clusters";
    WeightedCluster split = action.getWeightedClusters();
    SupportedFields.requireOnly(at, split, "clusters");
    List<RouteRule.Target> targets = new ArrayList<>();
    for (WeightedCluster.ClusterWeight item : split.getClustersList()) {
      SupportedFields.requireOnly(at + ".clusters", item, "name", "weight", "metadata_match");
      if (item.getWeight().getValue() > 0) {
        targets.add(
            new RouteRule.Target(
                item.getName(),
                item.getWeight().getValue(),
                labels.overriddenBy(LabelCodec.wanted(item.getMetadataMatch()))));
      }
    }
    if (targets.isEmpty()) {
      throw Fields.rejected(at, "no weight above 0 (expected: at least one)");
    }
    return targets;
  }

  private static RouteRule.Action answer(String path, DirectResponseAction action)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(path, action, "status", "body");
    SupportedFields.requireOnly(path + ".body", action.getBody(), "inline_string");
    if (action.getStatus() < 200 || action.getStatus() > 599) {
      throw Fields.rejected(path + ".status", action.getStatus() + " (expected: 200-599)");
    }
    return new RouteRule.Action.Answer(action.getStatus(), action.getBody().getInlineString());
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
