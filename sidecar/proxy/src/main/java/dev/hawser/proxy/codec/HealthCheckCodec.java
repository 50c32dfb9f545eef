package dev.hawser.proxy.codec;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.HealthCheck;
import dev.hawser.proxy.model.HealthCheck.Bytes;
import dev.hawser.proxy.model.HealthCheck.Kind;
import dev.hawser.proxy.model.HealthCheck.StatusRange;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HealthCheck.GrpcHealthCheck;
import io.envoyproxy.envoy.config.core.v3.HealthCheck.HttpHealthCheck;
import io.envoyproxy.envoy.config.core.v3.HealthCheck.Payload;
import io.envoyproxy.envoy.config.core.v3.HealthCheck.TcpHealthCheck;
import io.envoyproxy.envoy.type.v3.CodecClientType;
import io.envoyproxy.envoy.type.v3.Int64Range;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads active health checks. */
final class HealthCheckCodec {
  private static final Duration DEFAULT_NO_TRAFFIC = Duration.ofSeconds(60);

  private HealthCheckCodec() {}

  static List<HealthCheck> checks(
      String path, List<io.envoyproxy.envoy.config.core.v3.HealthCheck> from)
      throws ResourceRejectedException {
    if (from.size() > 1) {
      throw Fields.rejected(path, from.size() + " checks (expected: one, as in Envoy)");
    }
    List<HealthCheck> checks = new ArrayList<>();
    for (int i = 0; i < from.size(); i++) {
      checks.add(check(path + "[" + i + "]", from.get(i)));
    }
    return checks;
  }

  private static HealthCheck check(String path, io.envoyproxy.envoy.config.core.v3.HealthCheck from)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path,
        from,
        "timeout",
        "interval",
        "initial_jitter",
        "interval_jitter",
        "interval_jitter_percent",
        "unhealthy_threshold",
        "healthy_threshold",
        "reuse_connection",
        "http_health_check",
        "tcp_health_check",
        "grpc_health_check",
        "no_traffic_interval",
        "no_traffic_healthy_interval",
        "unhealthy_interval",
        "unhealthy_edge_interval",
        "healthy_edge_interval");
    if (from.hasReuseConnection() && from.getReuseConnection().getValue()) {
      throw Fields.rejected(
          path + ".reuse_connection",
          "true (expected: false or absent, since every check makes a connection of its own)");
    }
    Kind kind =
        switch (from.getHealthCheckerCase()) {
          case HTTP_HEALTH_CHECK -> http(path + ".http_health_check", from.getHttpHealthCheck());
          case GRPC_HEALTH_CHECK -> grpc(path + ".grpc_health_check", from.getGrpcHealthCheck());
          case TCP_HEALTH_CHECK -> tcp(path + ".tcp_health_check", from.getTcpHealthCheck());
          default ->
              throw Fields.rejected(
                  path,
                  from.getHealthCheckerCase()
                      + " (expected: http_health_check, grpc_health_check or tcp_health_check)");
        };
    try {
      return new HealthCheck(
          kind,
          Fields.duration(path + ".timeout", from.getTimeout()),
          pace(path, from),
          LimitCodec.or(from.hasUnhealthyThreshold(), from.getUnhealthyThreshold(), 0),
          LimitCodec.or(from.hasHealthyThreshold(), from.getHealthyThreshold(), 0));
    } catch (IllegalArgumentException e) {
      throw Fields.rejected(path, String.valueOf(e.getMessage()));
    }
  }

  private static HealthCheck.Pace pace(
      String path, io.envoyproxy.envoy.config.core.v3.HealthCheck from)
      throws ResourceRejectedException {
    Duration interval = Fields.duration(path + ".interval", from.getInterval());
    Duration unhealthy =
        or(
            path + ".unhealthy_interval",
            from.hasUnhealthyInterval(),
            from.getUnhealthyInterval(),
            interval);
    Duration noTraffic =
        or(
            path + ".no_traffic_interval",
            from.hasNoTrafficInterval(),
            from.getNoTrafficInterval(),
            DEFAULT_NO_TRAFFIC);
    return new HealthCheck.Pace(
        interval,
        unhealthy,
        or(
            path + ".unhealthy_edge_interval",
            from.hasUnhealthyEdgeInterval(),
            from.getUnhealthyEdgeInterval(),
            unhealthy),
        or(
            path + ".healthy_edge_interval",
            from.hasHealthyEdgeInterval(),
            from.getHealthyEdgeInterval(),
            interval),
        noTraffic,
        or(
            path + ".no_traffic_healthy_interval",
            from.hasNoTrafficHealthyInterval(),
            from.getNoTrafficHealthyInterval(),
            noTraffic),
        Fields.duration(path + ".initial_jitter", from.getInitialJitter()),
        Fields.duration(path + ".interval_jitter", from.getIntervalJitter()),
        from.getIntervalJitterPercent());
  }

  private static Duration or(
      String path, boolean present, com.google.protobuf.Duration value, Duration otherwise)
      throws ResourceRejectedException {
    return present ? Fields.duration(path, value) : otherwise;
  }

  private static Kind http(String path, HttpHealthCheck check) throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path,
        check,
        "host",
        "path",
        "method",
        "request_headers_to_add",
        "expected_statuses",
        "retriable_statuses",
        "codec_client_type");
    if (!check.getPath().startsWith("/")) {
      throw Fields.rejected(path + ".path", "'" + check.getPath() + "' (expected: /...)");
    }
    requireVisible(path + ".path", check.getPath());
    requireVisible(path + ".host", check.getHost());
    if (check.getCodecClientType() == CodecClientType.HTTP3) {
      throw Fields.rejected(path + ".codec_client_type", "HTTP3 (expected: HTTP1 or HTTP2)");
    }
    String method =
        switch (check.getMethod()) {
          case METHOD_UNSPECIFIED, GET -> "GET";
          case HEAD, OPTIONS, POST, PUT, DELETE, PATCH, TRACE -> check.getMethod().name();
          case CONNECT, UNRECOGNIZED ->
              throw Fields.rejected(
                  path + ".method", check.getMethod() + " (expected: any but CONNECT)");
        };
    List<StatusRange> expected =
        ranges(path + ".expected_statuses", check.getExpectedStatusesList());
    return new Kind.Http(
        method,
        check.getHost(),
        check.getPath(),
        check.getCodecClientType() == CodecClientType.HTTP2,
        headers(path + ".request_headers_to_add", check.getRequestHeadersToAddList()),
        expected.isEmpty() ? List.of(new StatusRange(200, 201)) : expected,
        ranges(path + ".retriable_statuses", check.getRetriableStatusesList()));
  }

  private static List<StatusRange> ranges(String path, List<Int64Range> from)
      throws ResourceRejectedException {
    List<StatusRange> ranges = new ArrayList<>();
    for (Int64Range range : from) {
      if (range.getStart() < 100 || range.getEnd() > 600 || range.getStart() >= range.getEnd()) {
        throw Fields.rejected(
            path, range.getStart() + " to " + range.getEnd() + " (expected: within 100 to 600)");
      }
      ranges.add(new StatusRange((int) range.getStart(), (int) range.getEnd()));
    }
    return ranges;
  }

  private static Map<String, String> headers(String path, List<HeaderValueOption> from)
      throws ResourceRejectedException {
    Map<String, String> headers = new TreeMap<>();
    for (int i = 0; i < from.size(); i++) {
      String at = path + "[" + i + "]";
      SupportedFields.requireOnly(at, from.get(i), "header");
      SupportedFields.requireOnly(at + ".header", from.get(i).getHeader(), "key", "value");
      String name = from.get(i).getHeader().getKey().toLowerCase(Locale.ROOT);
      String value = from.get(i).getHeader().getValue();
      if (name.isEmpty() || name.startsWith(":") || name.equals("host")) {
        throw Fields.rejected(at + ".header.key", "'" + name + "' (expected: a header's name)");
      }
      requireVisible(at + ".header.key", name);
      if (value.chars().anyMatch(c -> c < ' ' || c >= 0x7f)) {
        throw Fields.rejected(at + ".header.value", "control characters (expected: ASCII)");
      }
      headers.put(name, value);
    }
    return headers;
  }

  private static void requireVisible(String path, String text) throws ResourceRejectedException {
    if (text.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
      throw Fields.rejected(path, "has a space or control character (expected: visible ASCII)");
    }
  }

  private static Kind grpc(String path, GrpcHealthCheck check) throws ResourceRejectedException {
    SupportedFields.requireOnly(path, check, "service_name", "authority", "initial_metadata");
    requireVisible(path + ".authority", check.getAuthority());
    return new Kind.Grpc(
        check.getServiceName(),
        check.getAuthority(),
        headers(path + ".initial_metadata", check.getInitialMetadataList()));
  }

  private static Kind tcp(String path, TcpHealthCheck check) throws ResourceRejectedException {
    SupportedFields.requireOnly(path, check, "send", "receive");
    List<Bytes> receive = new ArrayList<>();
    for (int i = 0; i < check.getReceiveCount(); i++) {
      receive.add(bytes(path + ".receive[" + i + "]", check.getReceive(i)));
    }
    return new Kind.Tcp(
        check.hasSend() ? Optional.of(bytes(path + ".send", check.getSend())) : Optional.empty(),
        receive);
  }

  private static Bytes bytes(String path, Payload payload) throws ResourceRejectedException {
    try {
      return payload.hasText()
          ? new Bytes(payload.getText())
          : new Bytes(HexFormat.of().formatHex(payload.getBinary().toByteArray()));
    } catch (IllegalArgumentException e) {
      throw Fields.rejected(
          path, "'" + payload.getText() + "' (expected: pairs of hexadecimal digits)");
    }
  }
}
