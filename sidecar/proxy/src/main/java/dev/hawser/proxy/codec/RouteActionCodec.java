package dev.hawser.proxy.codec;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.FilterOverride;
import dev.hawser.proxy.model.Fraction;
import dev.hawser.proxy.model.HeaderOps;
import dev.hawser.proxy.model.LabelSet;
import dev.hawser.proxy.model.RetryRule;
import dev.hawser.proxy.model.RouteRule;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads how requests are passed on. */
final class RouteActionCodec {
  /** Envoy's own when a route says nothing. */
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(15);

  private RouteActionCodec() {}

  /**
   * Reads an action.
   *
   * @param match of the same route
   * @param headers of the route and of what it is in
   * @param level what the route is in, with its own word about filters
   */
  static RouteRule.Action.Forward forward(
      String path,
      RouteAction action,
      RouteRule.PathMatch match,
      HeaderOps headers,
      RouteLevel level)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path,
        action,
        "cluster",
        "cluster_header",
        "weighted_clusters",
        "timeout",
        "idle_timeout",
        "max_stream_duration",
        "max_grpc_timeout",
        "retry_policy",
        "hash_policy",
        "metadata_match",
        "prefix_rewrite",
        "regex_rewrite",
        "path_rewrite_policy",
        "host_rewrite_literal",
        "host_rewrite_header",
        "host_rewrite_path_regex",
        "auto_host_rewrite",
        "append_x_forwarded_host",
        "rate_limits",
        "include_vh_rate_limits",
        "request_mirror_policies",
        "upgrade_configs");
    ConnectCodec.check(path, action, match);
    List<RouteRule.Mirror> mirrors =
        mirrors(path + ".request_mirror_policies", action.getRequestMirrorPoliciesList());
    return new RouteRule.Action.Forward(
        choice(path, action, headers, level),
        timeouts(path, action),
        action.hasRetryPolicy()
            ? RetryCodec.rule(path + ".retry_policy", action.getRetryPolicy())
            : level.retry().orElse(RetryRule.none()),
        RewriteCodec.path(path, action, match),
        RewriteCodec.host(path, action),
        mirrors.isEmpty() ? level.mirrors() : mirrors,
        level.attemptCount(),
        StickinessCodec.read(path + ".hash_policy", action.getHashPolicyList()));
  }

  @SuppressWarnings("deprecation")
  private static RouteRule.Timeouts timeouts(String path, RouteAction action)
      throws ResourceRejectedException {
    RouteAction.MaxStreamDuration stream = action.getMaxStreamDuration();
    String at = path + ".max_stream_duration";
    SupportedFields.requireOnly(at, stream, "max_stream_duration", "grpc_timeout_header_max");
    return new RouteRule.Timeouts(
        action.hasTimeout()
            ? RouteCodec.positive(Fields.duration(path + ".timeout", action.getTimeout()))
            : Optional.of(DEFAULT_TIMEOUT),
        action.hasIdleTimeout()
            ? Optional.of(Fields.duration(path + ".idle_timeout", action.getIdleTimeout()))
            : Optional.empty(),
        stream.hasMaxStreamDuration()
            ? RouteCodec.positive(
                Fields.duration(at + ".max_stream_duration", stream.getMaxStreamDuration()))
            : Optional.empty(),
        action.hasMaxGrpcTimeout()
            ? Optional.of(Fields.duration(path + ".max_grpc_timeout", action.getMaxGrpcTimeout()))
            : Optional.empty(),
        stream.hasGrpcTimeoutHeaderMax()
            ? Optional.of(
                Fields.duration(at + ".grpc_timeout_header_max", stream.getGrpcTimeoutHeaderMax()))
            : Optional.empty());
  }

  private static RouteRule.Choice choice(
      String path, RouteAction action, HeaderOps headers, RouteLevel level)
      throws ResourceRejectedException {
    return switch (action.getClusterSpecifierCase()) {
      case CLUSTER ->
          new RouteRule.Choice.Weighted(
              List.of(
                  new RouteRule.Target(
                      action.getCluster(),
                      1,
                      headers,
                      level.filters(),
                      Optional.empty(),
                      LabelCodec.wanted(action.getMetadataMatch()))),
              Optional.empty());
      case CLUSTER_HEADER ->
          new RouteRule.Choice.ByHeader(
              HeaderOpsCodec.name(path + ".cluster_header", action.getClusterHeader()));
      case WEIGHTED_CLUSTERS ->
          weighted(
              path + ".weighted_clusters",
              action.getWeightedClusters(),
              LabelCodec.wanted(action.getMetadataMatch()),
              headers,
              level);
      default ->
          throw Fields.rejected(
              path,
              action.getClusterSpecifierCase()
                  + " (expected: cluster, cluster_header or weighted_clusters)");
    };
  }

  private static RouteRule.Choice weighted(
      String path, WeightedCluster split, LabelSet labels, HeaderOps headers, RouteLevel level)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path, split, "clusters", "total_weight", "runtime_key_prefix", "header_name");
    if (!split.getRuntimeKeyPrefix().isEmpty()) {
      throw Fields.rejected(path + ".runtime_key_prefix", "set (expected: no runtime)");
    }
    List<RouteRule.Target> targets = new ArrayList<>();
    for (int i = 0; i < split.getClustersCount(); i++) {
      WeightedCluster.ClusterWeight item = split.getClusters(i);
      String at = path + ".clusters[" + i + "]";
      int weight = item.getWeight().getValue();
      if (weight < 0) {
        throw Fields.rejected(
            at + ".weight", Integer.toUnsignedString(weight) + " (expected: at most 2147483647)");
      }
      RouteRule.Target target = target(at, item, labels, headers, level);
      if (weight > 0) {
        targets.add(target);
      }
    }
    if (targets.isEmpty()) {
      throw Fields.rejected(path, "no weight above 0 (expected: at least one)");
    }
    return new RouteRule.Choice.Weighted(
        targets,
        Optional.of(split.getHeaderName().toLowerCase(Locale.ROOT))
            .filter(name -> !name.isEmpty()));
  }

  private static RouteRule.Target target(
      String path,
      WeightedCluster.ClusterWeight item,
      LabelSet labels,
      HeaderOps outer,
      RouteLevel level)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path,
        item,
        "name",
        "weight",
        "metadata_match",
        "request_headers_to_add",
        "request_headers_to_remove",
        "response_headers_to_add",
        "response_headers_to_remove",
        "typed_per_filter_config",
        "host_rewrite_literal");
    HeaderOps own =
        HeaderOpsCodec.ops(
            path,
            item.getRequestHeadersToAddList(),
            item.getRequestHeadersToRemoveList(),
            item.getResponseHeadersToAddList(),
            item.getResponseHeadersToRemoveList());
    Map<String, FilterOverride> filters =
        FilterCodecs.overrides(
            path + ".typed_per_filter_config", item.getTypedPerFilterConfigMap(), level.filters());
    return new RouteRule.Target(
        item.getName(),
        item.getWeight().getValue(),
        // What a target says comes first in Envoy, also where what is specific wins.
        own.then(outer),
        filters,
        item.hasHostRewriteLiteral()
            ? Optional.of(
                RewriteCodec.visible(path + ".host_rewrite_literal", item.getHostRewriteLiteral()))
            : Optional.empty(),
        labels.overriddenBy(LabelCodec.wanted(item.getMetadataMatch())));
  }

  static List<RouteRule.Mirror> mirrors(String path, List<RouteAction.RequestMirrorPolicy> policies)
      throws ResourceRejectedException {
    List<RouteRule.Mirror> mirrors = new ArrayList<>();
    for (int i = 0; i < policies.size(); i++) {
      RouteAction.RequestMirrorPolicy policy = policies.get(i);
      String at = path + "[" + i + "]";
      SupportedFields.requireOnly(
          at, policy, "cluster", "runtime_fraction", "disable_shadow_host_suffix_append");
      if (policy.getCluster().isEmpty()) {
        throw Fields.rejected(at + ".cluster", "empty (expected: the name of a cluster)");
      }
      mirrors.add(
          new RouteRule.Mirror(
              policy.getCluster(),
              policy.hasRuntimeFraction()
                  ? FractionCodec.fraction(at + ".runtime_fraction", policy.getRuntimeFraction())
                  : Fraction.ALL,
              !policy.getDisableShadowHostSuffixAppend()));
    }
    return mirrors;
  }
}
