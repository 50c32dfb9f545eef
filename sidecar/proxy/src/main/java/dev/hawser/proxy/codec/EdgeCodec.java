package dev.hawser.proxy.codec;

import com.google.protobuf.UInt32Value;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.http.HttpEdge;
import dev.hawser.proxy.normalise.EscapedSlashes;
import dev.hawser.proxy.normalise.PathRules;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads what an HTTP connection manager says about messages as such. */
final class EdgeCodec {
  /** Envoy's own bound for {@code max_request_headers_kb}. */
  private static final int MAX_HEAD_KILOBYTES = 8192;

  private static final int SMALLEST_WINDOW = 65_535;

  private EdgeCodec() {}

  static HttpEdge edge(String path, HttpConnectionManager manager)
      throws ResourceRejectedException {
    return new HttpEdge(
        paths(path, manager),
        upgrades(path, manager),
        underscores(path, manager.getCommonHttpProtocolOptions()),
        bounds(path, manager));
  }

  private static PathRules paths(String path, HttpConnectionManager manager)
      throws ResourceRejectedException {
    EscapedSlashes escaped =
        switch (manager.getPathWithEscapedSlashesAction()) {
          case IMPLEMENTATION_SPECIFIC_DEFAULT, KEEP_UNCHANGED -> EscapedSlashes.KEEP;
          case REJECT_REQUEST -> EscapedSlashes.REJECT;
          case UNESCAPE_AND_REDIRECT -> EscapedSlashes.REDIRECT;
          case UNESCAPE_AND_FORWARD -> EscapedSlashes.DECODE;
          case UNRECOGNIZED ->
              throw Fields.rejected(
                  path + ".path_with_escaped_slashes_action",
                  manager.getPathWithEscapedSlashesActionValue() + " (expected: 0 to 4)");
        };
    return new PathRules(manager.getNormalizePath().getValue(), manager.getMergeSlashes(), escaped);
  }

  private static Set<String> upgrades(String path, HttpConnectionManager manager)
      throws ResourceRejectedException {
    Set<String> allowed = new LinkedHashSet<>();
    for (int i = 0; i < manager.getUpgradeConfigsCount(); i++) {
      HttpConnectionManager.UpgradeConfig config = manager.getUpgradeConfigs(i);
      String at = path + ".upgrade_configs[" + i + "]";
      SupportedFields.requireOnly(at, config, "upgrade_type", "enabled");
      String type = config.getUpgradeType().toLowerCase(Locale.ROOT);
      if (!type.equals("websocket") && !type.equals(HttpEdge.CONNECT)) {
        throw Fields.rejected(
            at + ".upgrade_type", config.getUpgradeType() + " (expected: websocket or CONNECT)");
      }
      if (!config.hasEnabled() || config.getEnabled().getValue()) {
        allowed.add(type);
      }
    }
    return allowed;
  }

  private static HttpEdge.Underscores underscores(String path, HttpProtocolOptions common)
      throws ResourceRejectedException {
    return switch (common.getHeadersWithUnderscoresAction()) {
      case ALLOW -> HttpEdge.Underscores.ALLOW;
      case REJECT_REQUEST -> HttpEdge.Underscores.REJECT;
      case DROP_HEADER -> HttpEdge.Underscores.DROP;
      case UNRECOGNIZED ->
          throw Fields.rejected(
              path + ".common_http_protocol_options.headers_with_underscores_action",
              common.getHeadersWithUnderscoresActionValue() + " (expected: 0 to 2)");
    };
  }

  private static HttpEdge.Bounds bounds(String path, HttpConnectionManager manager)
      throws ResourceRejectedException {
    HttpProtocolOptions common = manager.getCommonHttpProtocolOptions();
    String commonPath = path + ".common_http_protocol_options";
    SupportedFields.requireOnly(
        commonPath,
        common,
        "idle_timeout",
        "max_connection_duration",
        "max_headers_count",
        "headers_with_underscores_action");
    Http2ProtocolOptions http2 = manager.getHttp2ProtocolOptions();
    SupportedFields.requireOnly(
        path + ".http2_protocol_options",
        http2,
        "max_concurrent_streams",
        "initial_connection_window_size");
    Optional<Integer> kilobytes =
        number(
            path + ".max_request_headers_kb",
            manager.hasMaxRequestHeadersKb(),
            manager.getMaxRequestHeadersKb(),
            MAX_HEAD_KILOBYTES);
    return new HttpEdge.Bounds(
        kilobytes.map(value -> value * 1024),
        number(
            commonPath + ".max_headers_count",
            common.hasMaxHeadersCount(),
            common.getMaxHeadersCount(),
            Integer.MAX_VALUE),
        time(
            path + ".request_headers_timeout",
            manager.hasRequestHeadersTimeout(),
            manager.getRequestHeadersTimeout()),
        time(path + ".request_timeout", manager.hasRequestTimeout(), manager.getRequestTimeout()),
        common.hasIdleTimeout()
            ? Optional.of(
                RouteCodec.orNever(
                    Fields.duration(commonPath + ".idle_timeout", common.getIdleTimeout())))
            : Optional.empty(),
        time(
            commonPath + ".max_connection_duration",
            common.hasMaxConnectionDuration(),
            common.getMaxConnectionDuration()),
        number(
            path + ".http2_protocol_options.max_concurrent_streams",
            http2.hasMaxConcurrentStreams(),
            http2.getMaxConcurrentStreams(),
            Integer.MAX_VALUE),
        window(path + ".http2_protocol_options", http2));
  }

  /** Reads the window of connections; RFC 9113 section 6.9.2 makes none smaller than 65,535. */
  static Optional<Integer> window(String path, Http2ProtocolOptions http2)
      throws ResourceRejectedException {
    Optional<Integer> window =
        number(
            path + ".initial_connection_window_size",
            http2.hasInitialConnectionWindowSize(),
            http2.getInitialConnectionWindowSize(),
            Integer.MAX_VALUE);
    if (window.isPresent() && window.get() < SMALLEST_WINDOW) {
      throw Fields.rejected(
          path + ".initial_connection_window_size",
          window.get() + " (expected: at least " + SMALLEST_WINDOW + ")");
    }
    return window;
  }

  /** Returns the time if it is set; 0 is as good as not set. */
  private static Optional<Duration> time(
      String path, boolean set, com.google.protobuf.Duration value)
      throws ResourceRejectedException {
    return set ? RouteCodec.positive(Fields.duration(path, value)) : Optional.empty();
  }

  private static Optional<Integer> number(String path, boolean set, UInt32Value value, int most)
      throws ResourceRejectedException {
    if (!set) {
      return Optional.empty();
    }
    long number = Integer.toUnsignedLong(value.getValue());
    if (number < 1 || number > most) {
      throw Fields.rejected(path, number + " (expected: 1 to " + most + ")");
    }
    return Optional.of((int) number);
  }
}
