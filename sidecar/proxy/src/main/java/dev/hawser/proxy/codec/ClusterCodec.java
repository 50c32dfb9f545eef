package dev.hawser.proxy.codec;

import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.OutlierPolicy;
import dev.hawser.proxy.model.UpstreamConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.KeepaliveSettings;
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

  private ClusterCodec() {}

  /** What is spoken, and how. */
  private record Wire(
      UpstreamConfig.Protocol protocol,
      Duration interval,
      Duration timeout,
      Optional<Duration> idle) {}

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
        "least_request_lb_config",
        "common_lb_config",
        "circuit_breakers",
        "outlier_detection",
        "transport_socket",
        "metadata",
        "load_assignment",
        "typed_extension_protocol_options");
    SupportedFields.requireOnly(
        "common_lb_config", cluster.getCommonLbConfig(), "locality_weighted_lb_config");
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
        policy(cluster),
        cluster.getCommonLbConfig().hasLocalityWeightedLbConfig(),
        security,
        wire.protocol(),
        wire.interval(),
        wire.timeout(),
        wire.idle(),
        cluster.hasOutlierDetection()
            ? LimitCodec.outliers("outlier_detection", cluster.getOutlierDetection())
            : OutlierPolicy.off(),
        LimitCodec.limits("circuit_breakers", cluster.getCircuitBreakers()),
        security instanceof UpstreamConfig.Security.Plaintext
            ? Duration.ZERO
            : Duration.ofSeconds(
                Fields.number(hawser, "stabilitySeconds", DEFAULT_STABILITY_SECONDS)),
        new UpstreamConfig.Destination(
            Fields.text(hawser, "service"),
            Fields.text(hawser, "namespace"),
            (int) Fields.number(hawser, "port", 0)));
  }

  private static UpstreamConfig.Endpoints endpoints(Cluster cluster)
      throws ResourceRejectedException {
    return switch (cluster.getType()) {
      case EDS -> {
        String service = cluster.getEdsClusterConfig().getServiceName();
        yield new UpstreamConfig.Endpoints.Discovered(
            service.isEmpty() ? cluster.getName() : service);
      }
      case STATIC ->
          new UpstreamConfig.Endpoints.Fixed(
              EndpointCodec.set("load_assignment", cluster.getLoadAssignment()));
      default -> throw Fields.rejected("type", cluster.getType() + " (expected: EDS or STATIC)");
    };
  }

  private static UpstreamConfig.Policy policy(Cluster cluster) throws ResourceRejectedException {
    SupportedFields.requireOnly(
        "least_request_lb_config", cluster.getLeastRequestLbConfig(), "choice_count");
    return switch (cluster.getLbPolicy()) {
      case ROUND_ROBIN -> UpstreamConfig.Policy.ROUND_ROBIN;
      case LEAST_REQUEST -> {
        int choices = cluster.getLeastRequestLbConfig().getChoiceCount().getValue();
        if (choices != 0 && choices != 2) {
          throw Fields.rejected("least_request_lb_config.choice_count", choices + " (expected: 2)");
        }
        yield UpstreamConfig.Policy.LEAST_REQUEST;
      }
      case RANDOM -> UpstreamConfig.Policy.RANDOM;
      default ->
          throw Fields.rejected(
              "lb_policy",
              cluster.getLbPolicy() + " (expected: ROUND_ROBIN, LEAST_REQUEST or RANDOM)");
    };
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
          Duration.ZERO,
          Duration.ZERO,
          Optional.empty());
    }
    String at = path + "[" + HTTP_OPTIONS + "]";
    HttpProtocolOptions options =
        Fields.unpack(at, packed, HttpProtocolOptions.getDefaultInstance());
    SupportedFields.requireOnly(
        at, options, "common_http_protocol_options", "explicit_http_config");
    SupportedFields.requireOnly(
        at + ".common_http_protocol_options",
        options.getCommonHttpProtocolOptions(),
        "idle_timeout");
    Optional<Duration> idle =
        options.getCommonHttpProtocolOptions().hasIdleTimeout()
            ? RouteCodec.positive(
                Fields.duration(
                    at + ".common_http_protocol_options.idle_timeout",
                    options.getCommonHttpProtocolOptions().getIdleTimeout()))
            : Optional.empty();
    return explicit(at + ".explicit_http_config", options.getExplicitHttpConfig(), idle);
  }

  private static Wire explicit(
      String path, HttpProtocolOptions.ExplicitHttpConfig config, Optional<Duration> idle)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(path, config, "http_protocol_options", "http2_protocol_options");
    if (!config.hasHttp2ProtocolOptions()) {
      SupportedFields.requireOnly(path + ".http_protocol_options", config.getHttpProtocolOptions());
      return new Wire(UpstreamConfig.Protocol.HTTP1, Duration.ZERO, Duration.ZERO, idle);
    }
    String at = path + ".http2_protocol_options";
    Http2ProtocolOptions http2 = config.getHttp2ProtocolOptions();
    SupportedFields.requireOnly(at, http2, "connection_keepalive");
    KeepaliveSettings keepalive = http2.getConnectionKeepalive();
    SupportedFields.requireOnly(
        at + ".connection_keepalive", keepalive, "interval", "timeout", "interval_jitter");
    return new Wire(
        UpstreamConfig.Protocol.HTTP2,
        Fields.duration(at + ".connection_keepalive.interval", keepalive.getInterval()),
        Fields.duration(at + ".connection_keepalive.timeout", keepalive.getTimeout()),
        idle);
  }
}
