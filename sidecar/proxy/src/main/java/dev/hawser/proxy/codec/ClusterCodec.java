package dev.hawser.proxy.codec;

import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.http.Pings;
import dev.hawser.proxy.model.EndpointSet;
import dev.hawser.proxy.model.OutlierPolicy;
import dev.hawser.proxy.model.UpstreamConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.KeepaliveSettings;
import io.envoyproxy.envoy.config.core.v3.TcpKeepalive;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Reads upstreams (CDS). */
public final class ClusterCodec {
  private static final String HTTP_OPTIONS =
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
  private static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final long DEFAULT_STABILITY_SECONDS = 10;
  private static final Duration DEFAULT_CLEANUP = Duration.ofSeconds(5);

  /** The header that Envoy looks at where an original destination may be named by one. */
  private static final String ORIGINAL_HOST = "x-envoy-original-dst-host";

  private ClusterCodec() {}

  /**
   * What is spoken, and how.
   *
   * @param window of connections; 0 for our own
   */
  private record Wire(UpstreamConfig.Protocol protocol, Pings pings, Common common, int window) {}

  /** What bounds the connections of every version of HTTP. */
  private record Common(Optional<Duration> idle, Optional<Duration> longest, int requests) {
    static final Common NONE = new Common(Optional.empty(), Optional.empty(), 0);
  }

  /** Reads a resource. */
  public static UpstreamConfig read(Cluster cluster) throws ResourceRejectedException {
    SupportedFields.requireKnown(cluster);
    SupportedFields.requireOnly(
        "",
        cluster,
        "name",
        "alt_stat_name",
        "type",
        "eds_cluster_config",
        "connect_timeout",
        "lb_policy",
        "round_robin_lb_config",
        "least_request_lb_config",
        "ring_hash_lb_config",
        "maglev_lb_config",
        "lb_subset_config",
        "load_balancing_policy",
        "original_dst_lb_config",
        "cleanup_interval",
        "common_lb_config",
        "health_checks",
        "upstream_connection_options",
        "per_connection_buffer_limit_bytes",
        "circuit_breakers",
        "outlier_detection",
        "transport_socket",
        "metadata",
        "load_assignment",
        "typed_extension_protocol_options");
    Struct hawser = Fields.hawser(cluster.getMetadata());
    UpstreamConfig.Security security =
        cluster.hasTransportSocket()
            ? TlsCodec.upstream("transport_socket", cluster.getTransportSocket())
            : new UpstreamConfig.Security.Plaintext();
    Wire wire = wire(cluster);
    return new UpstreamConfig(
        cluster.getName(),
        endpoints(cluster),
        cluster.hasConnectTimeout()
            ? Fields.duration("connect_timeout", cluster.getConnectTimeout())
            : DEFAULT_CONNECT_TIMEOUT,
        BalancingCodec.read(cluster),
        security,
        wire.protocol(),
        wire.pings(),
        wire.common().idle(),
        cluster.hasOutlierDetection()
            ? OutlierCodec.policy("outlier_detection", cluster.getOutlierDetection())
            : OutlierPolicy.off(),
        LimitCodec.limits("circuit_breakers", cluster.getCircuitBreakers()),
        rules(cluster, wire.common(), wire.window()),
        HealthCheckCodec.checks("health_checks", cluster.getHealthChecksList()),
        security instanceof UpstreamConfig.Security.MutualTls
            ? Duration.ofSeconds(
                Fields.number(hawser, "stabilitySeconds", DEFAULT_STABILITY_SECONDS))
            : Duration.ZERO,
        new UpstreamConfig.Destination(
            Fields.text(hawser, "service"),
            Fields.text(hawser, "namespace"),
            (int) Fields.number(hawser, "port", 0),
            Optional.of(cluster.getAltStatName()).filter(name -> !name.isEmpty())));
  }

  private static UpstreamConfig.Endpoints endpoints(Cluster cluster)
      throws ResourceRejectedException {
    return switch (cluster.getType()) {
      case EDS -> {
        Fields.requireControlPlane(
            "eds_cluster_config.eds_config",
            cluster.getEdsClusterConfig().hasEdsConfig(),
            cluster.getEdsClusterConfig().getEdsConfig());
        String service = cluster.getEdsClusterConfig().getServiceName();
        yield new UpstreamConfig.Endpoints.Discovered(
            service.isEmpty() ? cluster.getName() : service);
      }
      case STATIC ->
          new UpstreamConfig.Endpoints.Fixed(
              EndpointCodec.set("load_assignment", cluster.getLoadAssignment()));
      case LOGICAL_DNS -> {
        // Each connection looks the name up, beside the event loop, and takes the first address.
        EndpointSet set = EndpointCodec.set("load_assignment", cluster.getLoadAssignment());
        long named = set.groups().stream().mapToLong(group -> group.endpoints().size()).sum();
        if (named != 1) {
          throw Fields.rejected("load_assignment", named + " endpoints (expected: one)");
        }
        yield new UpstreamConfig.Endpoints.Fixed(set);
      }
      case ORIGINAL_DST -> original(cluster);
      default ->
          throw Fields.rejected(
              "type", cluster.getType() + " (expected: EDS, STATIC, LOGICAL_DNS or ORIGINAL_DST)");
    };
  }

  private static UpstreamConfig.Endpoints original(Cluster cluster)
      throws ResourceRejectedException {
    if (cluster.getLbPolicy() != Cluster.LbPolicy.CLUSTER_PROVIDED) {
      throw Fields.rejected(
          "lb_policy", cluster.getLbPolicy() + " (expected: CLUSTER_PROVIDED with ORIGINAL_DST)");
    }
    if (cluster.hasLbSubsetConfig() || cluster.hasLoadBalancingPolicy()) {
      throw Fields.rejected("type", "ORIGINAL_DST with subsets or a policy (expected: neither)");
    }
    if (cluster.getHealthChecksCount() > 0) {
      throw Fields.rejected("health_checks", "set (expected: none with ORIGINAL_DST)");
    }
    String path = "original_dst_lb_config";
    Cluster.OriginalDstLbConfig config = cluster.getOriginalDstLbConfig();
    SupportedFields.requireOnly(
        path, config, "use_http_header", "http_header_name", "upstream_port_override");
    Optional<Integer> port =
        config.hasUpstreamPortOverride()
            ? Optional.of(config.getUpstreamPortOverride().getValue())
            : Optional.empty();
    if (port.isPresent() && (port.get() < 1 || port.get() > 65_535)) {
      throw Fields.rejected(path + ".upstream_port_override", port.get() + " (expected: 1-65535)");
    }
    String header =
        config.getHttpHeaderName().isEmpty()
            ? ORIGINAL_HOST
            : HeaderOpsCodec.name(path + ".http_header_name", config.getHttpHeaderName());
    return new UpstreamConfig.Endpoints.Original(
        config.getUseHttpHeader() ? Optional.of(header) : Optional.empty(),
        port,
        cluster.hasCleanupInterval()
            ? Fields.duration("cleanup_interval", cluster.getCleanupInterval())
            : DEFAULT_CLEANUP);
  }

  private static UpstreamConfig.ConnectionRules rules(Cluster cluster, Common common, int window)
      throws ResourceRejectedException {
    String path = "upstream_connection_options";
    SupportedFields.requireOnly(path, cluster.getUpstreamConnectionOptions(), "tcp_keepalive");
    TcpKeepalive probes = cluster.getUpstreamConnectionOptions().getTcpKeepalive();
    return new UpstreamConfig.ConnectionRules(
        common.requests(),
        common.longest(),
        LimitCodec.or(
            cluster.hasPerConnectionBufferLimitBytes(),
            cluster.getPerConnectionBufferLimitBytes(),
            0),
        cluster.getUpstreamConnectionOptions().hasTcpKeepalive()
            ? Optional.of(
                new UpstreamConfig.TcpKeepAlive(
                    probes.getKeepaliveProbes().getValue(),
                    probes.getKeepaliveTime().getValue(),
                    probes.getKeepaliveInterval().getValue()))
            : Optional.empty(),
        window);
  }

  private static Wire wire(Cluster cluster) throws ResourceRejectedException {
    String path = "typed_extension_protocol_options";
    for (Map.Entry<String, Any> entry : cluster.getTypedExtensionProtocolOptionsMap().entrySet()) {
      if (!entry.getKey().equals(HTTP_OPTIONS)) {
        throw Fields.rejected(path, entry.getKey() + " (expected: " + HTTP_OPTIONS + ")");
      }
    }
    Any packed = cluster.getTypedExtensionProtocolOptionsMap().get(HTTP_OPTIONS);
    if (packed == null) {
      boolean tcp =
          Fields.text(Fields.hawser(cluster.getMetadata()), "protocol").equals("tcp")
              || Fields.text(Fields.hawser(cluster.getMetadata()), "protocol").equals("tls");
      // Envoy speaks HTTP/1.1 where nothing is said; raw bytes do not look at it.
      return new Wire(
          tcp ? UpstreamConfig.Protocol.TCP : UpstreamConfig.Protocol.HTTP1,
          Pings.never(),
          Common.NONE,
          0);
    }
    String at = path + "[" + HTTP_OPTIONS + "]";
    HttpProtocolOptions options =
        Fields.unpack(at, packed, HttpProtocolOptions.getDefaultInstance());
    SupportedFields.requireOnly(
        at, options, "common_http_protocol_options", "explicit_http_config");
    return explicit(
        at + ".explicit_http_config",
        options.getExplicitHttpConfig(),
        common(at + ".common_http_protocol_options", options.getCommonHttpProtocolOptions()));
  }

  private static Common common(
      String path, io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions options)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path, options, "idle_timeout", "max_connection_duration", "max_requests_per_connection");
    return new Common(
        options.hasIdleTimeout()
            ? Optional.of(
                RouteCodec.orNever(
                    Fields.duration(path + ".idle_timeout", options.getIdleTimeout())))
            : Optional.empty(),
        options.hasMaxConnectionDuration()
            ? RouteCodec.positive(
                Fields.duration(
                    path + ".max_connection_duration", options.getMaxConnectionDuration()))
            : Optional.empty(),
        LimitCodec.or(
            options.hasMaxRequestsPerConnection(), options.getMaxRequestsPerConnection(), 0));
  }

  private static Wire explicit(
      String path, HttpProtocolOptions.ExplicitHttpConfig config, Common common)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(path, config, "http_protocol_options", "http2_protocol_options");
    if (!config.hasHttp2ProtocolOptions()) {
      SupportedFields.requireOnly(path + ".http_protocol_options", config.getHttpProtocolOptions());
      return new Wire(UpstreamConfig.Protocol.HTTP1, Pings.never(), common, 0);
    }
    String at = path + ".http2_protocol_options";
    Http2ProtocolOptions http2 = config.getHttp2ProtocolOptions();
    SupportedFields.requireOnly(
        at, http2, "connection_keepalive", "initial_connection_window_size");
    KeepaliveSettings keepalive = http2.getConnectionKeepalive();
    return new Wire(
        UpstreamConfig.Protocol.HTTP2,
        pings(at + ".connection_keepalive", keepalive),
        common,
        EdgeCodec.window(at, http2).orElse(0));
  }

  private static Pings pings(String path, KeepaliveSettings keepalive)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(path, keepalive, "interval", "timeout", "interval_jitter");
    try {
      return new Pings(
          Fields.duration(path + ".interval", keepalive.getInterval()),
          Fields.duration(path + ".timeout", keepalive.getTimeout()),
          keepalive.hasIntervalJitter()
              ? keepalive.getIntervalJitter().getValue()
              : Pings.USUAL_JITTER);
    } catch (IllegalArgumentException e) {
      throw Fields.rejected(path, String.valueOf(e.getMessage()));
    }
  }
}
