package dev.hawser.proxy.codec;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.HeaderOps;
import dev.hawser.proxy.model.RateLimits;
import dev.hawser.proxy.model.RouteRule;
import dev.hawser.proxy.model.RouteTable;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads routes (RDS) and virtual hosts (VHDS). */
public final class RouteCodec {
  /** A body that is longer had better be served by a server. */
  private static final int MAX_BODY = 4096;

  private static final Duration NEVER = Duration.ofDays(36_500);

  private RouteCodec() {}

  /** Reads a resource. */
  public static RouteTable read(RouteConfiguration routes) throws ResourceRejectedException {
    SupportedFields.requireKnown(routes);
    return table("", routes);
  }

  /** Reads a resource that came on demand. */
  public static RouteTable.Host read(VirtualHost host) throws ResourceRejectedException {
    SupportedFields.requireKnown(host);
    return host("", host, RouteLevel.NONE);
  }

  static RouteTable table(String path, RouteConfiguration routes) throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path,
        routes,
        "name",
        "virtual_hosts",
        "vhds",
        "validate_clusters",
        "request_headers_to_add",
        "request_headers_to_remove",
        "response_headers_to_add",
        "response_headers_to_remove",
        "most_specific_header_mutations_wins",
        "request_mirror_policies",
        "ignore_port_in_host_matching",
        "typed_per_filter_config");
    if (routes.getValidateClusters().getValue()) {
      throw Fields.rejected(
          path.isEmpty() ? "validate_clusters" : path + ".validate_clusters",
          "true (expected: false, clusters are asked for when routes name them)");
    }
    RouteLevel level =
        new RouteLevel(
            HeaderOpsCodec.ops(
                path,
                routes.getRequestHeadersToAddList(),
                routes.getRequestHeadersToRemoveList(),
                routes.getResponseHeadersToAddList(),
                routes.getResponseHeadersToRemoveList()),
            FilterCodecs.overrides(
                join(path, "typed_per_filter_config"),
                routes.getTypedPerFilterConfigMap(),
                RouteLevel.NONE.filters()),
            Optional.empty(),
            RouteActionCodec.mirrors(
                join(path, "request_mirror_policies"), routes.getRequestMirrorPoliciesList()),
            RouteRule.AttemptCount.UNTOLD,
            List.of(),
            routes.getMostSpecificHeaderMutationsWins());
    List<RouteTable.Host> hosts = new ArrayList<>();
    for (int i = 0; i < routes.getVirtualHostsCount(); i++) {
      hosts.add(host(join(path, "virtual_hosts[" + i + "]"), routes.getVirtualHosts(i), level));
    }
    return new RouteTable(
        routes.getName(), hosts, routes.hasVhds(), routes.getIgnorePortInHostMatching());
  }

  private static RouteTable.Host host(String path, VirtualHost host, RouteLevel outer)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path,
        host,
        "name",
        "domains",
        "routes",
        "request_headers_to_add",
        "request_headers_to_remove",
        "response_headers_to_add",
        "response_headers_to_remove",
        "include_request_attempt_count",
        "include_attempt_count_in_response",
        "retry_policy",
        "request_mirror_policies",
        "rate_limits",
        "typed_per_filter_config");
    List<RouteRule.Mirror> mirrors =
        RouteActionCodec.mirrors(
            join(path, "request_mirror_policies"), host.getRequestMirrorPoliciesList());
    HeaderOps headers =
        HeaderOpsCodec.ops(
            path,
            host.getRequestHeadersToAddList(),
            host.getRequestHeadersToRemoveList(),
            host.getResponseHeadersToAddList(),
            host.getResponseHeadersToRemoveList());
    RouteLevel level =
        new RouteLevel(
            outer.with(headers),
            FilterCodecs.overrides(
                join(path, "typed_per_filter_config"),
                host.getTypedPerFilterConfigMap(),
                outer.filters()),
            host.hasRetryPolicy()
                ? Optional.of(RetryCodec.rule(join(path, "retry_policy"), host.getRetryPolicy()))
                : Optional.empty(),
            mirrors.isEmpty() ? outer.mirrors() : mirrors,
            new RouteRule.AttemptCount(
                host.getIncludeRequestAttemptCount(), host.getIncludeAttemptCountInResponse()),
            RateLimitCodec.rules(join(path, "rate_limits"), host.getRateLimitsList()),
            outer.specificWins());
    List<RouteRule> rules = new ArrayList<>();
    for (int i = 0; i < host.getRoutesCount(); i++) {
      rules.add(rule(join(path, "routes[" + i + "]"), host.getRoutes(i), level));
    }
    List<String> domains =
        host.getDomainsList().stream().map(domain -> domain.toLowerCase(Locale.ROOT)).toList();
    return new RouteTable.Host(host.getName(), domains, rules);
  }

  private static RouteRule rule(String path, Route route, RouteLevel outer)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path,
        route,
        "name",
        "match",
        "route",
        "redirect",
        "direct_response",
        "metadata",
        "stat_prefix",
        "request_headers_to_add",
        "request_headers_to_remove",
        "response_headers_to_add",
        "response_headers_to_remove",
        "typed_per_filter_config");
    HeaderOps headers =
        outer.with(
            HeaderOpsCodec.ops(
                path,
                route.getRequestHeadersToAddList(),
                route.getRequestHeadersToRemoveList(),
                route.getResponseHeadersToAddList(),
                route.getResponseHeadersToRemoveList()));
    RouteLevel level =
        new RouteLevel(
            outer.headers(),
            FilterCodecs.overrides(
                path + ".typed_per_filter_config",
                route.getTypedPerFilterConfigMap(),
                outer.filters()),
            outer.retry(),
            outer.mirrors(),
            outer.attemptCount(),
            outer.limits(),
            outer.specificWins());
    RouteRule.Match match = RouteMatchCodec.match(path + ".match", route.getMatch());
    return new RouteRule(
        route.getName(),
        match,
        action(path, route, match, headers, level),
        headers,
        level.filters(),
        limits(path + ".route", route.getRoute(), outer.limits()));
  }

  private static RouteRule.Action action(
      String path, Route route, RouteRule.Match match, HeaderOps headers, RouteLevel level)
      throws ResourceRejectedException {
    return switch (route.getActionCase()) {
      case ROUTE ->
          RouteActionCodec.forward(path + ".route", route.getRoute(), match.path(), headers, level);
      case REDIRECT -> RedirectCodec.redirect(path + ".redirect", route.getRedirect());
      case DIRECT_RESPONSE -> answer(path + ".direct_response", route.getDirectResponse());
      default ->
          throw Fields.rejected(
              path, route.getActionCase() + " (expected: route, redirect or direct_response)");
    };
  }

  /** What the virtual host says counts where the route says nothing, or asks for it. */
  @SuppressWarnings("deprecation")
  private static List<RateLimits.Rule> limits(
      String path, RouteAction action, List<RateLimits.Rule> outer)
      throws ResourceRejectedException {
    List<RateLimits.Rule> own =
        RateLimitCodec.rules(path + ".rate_limits", action.getRateLimitsList());
    if (own.isEmpty() || action.getIncludeVhRateLimits().getValue()) {
      List<RateLimits.Rule> all = new ArrayList<>(own);
      all.addAll(outer);
      return all;
    }
    return own;
  }

  /** For times of which 0 means that there is no such limit. */
  static Duration orNever(Duration duration) {
    return duration.isPositive() ? duration : NEVER;
  }

  static Optional<Duration> positive(Duration duration) {
    return duration.isPositive() ? Optional.of(duration) : Optional.empty();
  }

  private static RouteRule.Action answer(String path, DirectResponseAction action)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(path, action, "status", "body");
    SupportedFields.requireOnly(path + ".body", action.getBody(), "inline_string", "inline_bytes");
    if (action.getStatus() < 200 || action.getStatus() > 599) {
      throw Fields.rejected(path + ".status", action.getStatus() + " (expected: 200-599)");
    }
    String body =
        action.getBody().hasInlineBytes()
            ? action.getBody().getInlineBytes().toStringUtf8()
            : action.getBody().getInlineString();
    if (body.length() > MAX_BODY) {
      throw Fields.rejected(
          path + ".body", body.length() + " characters (expected: at most " + MAX_BODY + ")");
    }
    return new RouteRule.Action.Answer(action.getStatus(), body);
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
