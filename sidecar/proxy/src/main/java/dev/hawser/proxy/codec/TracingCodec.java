package dev.hawser.proxy.codec;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.Fraction;
import dev.hawser.proxy.model.TraceRule;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HttpService;
import io.envoyproxy.envoy.config.trace.v3.OpenTelemetryConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.Tracing;
import io.envoyproxy.envoy.type.tracing.v3.CustomTag;
import io.envoyproxy.envoy.type.v3.Percent;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads what an HTTP connection manager says about tracing. */
final class TracingCodec {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
  private static final int DEFAULT_PATH = 256;
  private static final int MAX_PATH = 4096;
  private static final int MAX_TAGS = 64;
  private static final int MILLION = 1_000_000;

  private TracingCodec() {}

  static TraceRule rule(String path, Tracing tracing) throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path,
        tracing,
        "client_sampling",
        "random_sampling",
        "overall_sampling",
        "max_path_tag_length",
        "custom_tags",
        "provider",
        "spawn_upstream_span");
    return new TraceRule(
        collector(path + ".provider", tracing),
        share(path + ".client_sampling", tracing.hasClientSampling(), tracing.getClientSampling()),
        share(path + ".random_sampling", tracing.hasRandomSampling(), tracing.getRandomSampling()),
        share(
            path + ".overall_sampling", tracing.hasOverallSampling(), tracing.getOverallSampling()),
        maxPath(path, tracing),
        tags(path + ".custom_tags", tracing.getCustomTagsList()),
        tracing.getSpawnUpstreamSpan().getValue());
  }

  private static Fraction share(String path, boolean set, Percent percent)
      throws ResourceRejectedException {
    double value = percent.getValue();
    if (!(value >= 0 && value <= 100)) {
      throw Fields.rejected(path + ".value", value + " (expected: 0 to 100)");
    }
    return set ? new Fraction((int) Math.round(value * MILLION / 100), MILLION) : Fraction.ALL;
  }

  private static int maxPath(String path, Tracing tracing) throws ResourceRejectedException {
    if (!tracing.hasMaxPathTagLength()) {
      return DEFAULT_PATH;
    }
    int most = tracing.getMaxPathTagLength().getValue();
    if (most < 0 || most > MAX_PATH) {
      throw Fields.rejected(
          path + ".max_path_tag_length",
          Integer.toUnsignedString(most) + " (expected: 0 to " + MAX_PATH + ")");
    }
    return most;
  }

  private static TraceRule.Collector collector(String path, Tracing tracing)
      throws ResourceRejectedException {
    if (!tracing.hasProvider()) {
      throw Fields.rejected(path, "absent (expected: " + provider() + ")");
    }
    SupportedFields.requireOnly(path, tracing.getProvider(), "name", "typed_config");
    String at = path + ".typed_config";
    OpenTelemetryConfig config =
        Fields.unpack(
            at, tracing.getProvider().getTypedConfig(), OpenTelemetryConfig.getDefaultInstance());
    SupportedFields.requireOnly(at, config, "grpc_service", "http_service", "service_name");
    if (config.hasGrpcService() == config.hasHttpService()) {
      throw Fields.rejected(
          at,
          (config.hasGrpcService() ? "two services" : "no service")
              + " (expected: grpc_service or http_service)");
    }
    String service =
        config.getServiceName().isEmpty() ? "unknown_service:hawser" : config.getServiceName();
    return config.hasGrpcService()
        ? grpc(at + ".grpc_service", config.getGrpcService(), service)
        : http(at + ".http_service", config.getHttpService(), service);
  }

  private static String provider() {
    return OpenTelemetryConfig.getDescriptor().getFullName();
  }

  private static TraceRule.Collector grpc(String path, GrpcService grpc, String service)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(path, grpc, "envoy_grpc", "timeout", "initial_metadata");
    String at = path + ".envoy_grpc";
    SupportedFields.requireOnly(at, grpc.getEnvoyGrpc(), "cluster_name", "authority");
    return new TraceRule.Collector(
        ExtAuthzCodec.named(at + ".cluster_name", grpc.getEnvoyGrpc().getClusterName()),
        service,
        grpc.getEnvoyGrpc().getAuthority(),
        Optional.empty(),
        timeout(path + ".timeout", grpc.hasTimeout(), grpc.getTimeout()),
        ExtAuthzCodec.added(path + ".initial_metadata", grpc.getInitialMetadataList()));
  }

  private static TraceRule.Collector http(String path, HttpService http, String service)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(path, http, "http_uri", "request_headers_to_add");
    String at = path + ".http_uri";
    SupportedFields.requireOnly(at, http.getHttpUri(), "uri", "cluster", "timeout");
    URI uri = uri(at + ".uri", http.getHttpUri().getUri());
    String target = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return new TraceRule.Collector(
        ExtAuthzCodec.named(at + ".cluster", http.getHttpUri().getCluster()),
        service,
        uri.getRawAuthority(),
        Optional.of(uri.getRawQuery() == null ? target : target + "?" + uri.getRawQuery()),
        timeout(at + ".timeout", http.getHttpUri().hasTimeout(), http.getHttpUri().getTimeout()),
        added(path + ".request_headers_to_add", http.getRequestHeadersToAddList()));
  }

  private static URI uri(String path, String text) throws ResourceRejectedException {
    try {
      URI uri = new URI(text);
      if (uri.getRawAuthority() != null) {
        return uri;
      }
    } catch (URISyntaxException _) {
      // It is refused like one without a host.
    }
    throw Fields.rejected(path, text + " (expected: a URI like http://collector:4318/v1/traces)");
  }

  private static Map<String, String> added(String path, List<HeaderValueOption> options)
      throws ResourceRejectedException {
    List<HeaderValue> values = new ArrayList<>();
    for (HeaderValueOption option : options) {
      SupportedFields.requireOnly(path + "[" + values.size() + "]", option, "header");
      values.add(option.getHeader());
    }
    return ExtAuthzCodec.added(path, values);
  }

  private static Duration timeout(String path, boolean set, com.google.protobuf.Duration value)
      throws ResourceRejectedException {
    Duration timeout = set ? Fields.duration(path, value) : DEFAULT_TIMEOUT;
    if (!timeout.isPositive()) {
      throw Fields.rejected(path, timeout + " (expected: more than 0)");
    }
    return timeout;
  }

  private static List<TraceRule.Tag> tags(String path, List<CustomTag> custom)
      throws ResourceRejectedException {
    if (custom.size() > MAX_TAGS) {
      throw Fields.rejected(path, custom.size() + " (expected: at most " + MAX_TAGS + ")");
    }
    List<TraceRule.Tag> tags = new ArrayList<>();
    for (CustomTag tag : custom) {
      tags.add(tag(path + "[" + tags.size() + "]", tag));
    }
    return tags;
  }

  private static TraceRule.Tag tag(String path, CustomTag tag) throws ResourceRejectedException {
    String name = tag.getTag();
    if (name.isEmpty()) {
      throw Fields.rejected(path + ".tag", "empty (expected: a name)");
    }
    return switch (tag.getTypeCase()) {
      case LITERAL -> new TraceRule.Tag.Literal(name, tag.getLiteral().getValue());
      case REQUEST_HEADER ->
          new TraceRule.Tag.Header(
              name,
              tag.getRequestHeader().getName().toLowerCase(Locale.ROOT),
              tag.getRequestHeader().getDefaultValue());
      case ENVIRONMENT ->
          new TraceRule.Tag.Environment(
              name, tag.getEnvironment().getName(), tag.getEnvironment().getDefaultValue());
      case METADATA, TYPE_NOT_SET ->
          throw Fields.rejected(
              path + "." + tag.getTypeCase().name().toLowerCase(Locale.ROOT),
              "not supported (expected: literal, request_header or environment)");
    };
  }
}
