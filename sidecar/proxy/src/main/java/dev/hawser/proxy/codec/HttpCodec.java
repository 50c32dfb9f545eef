package dev.hawser.proxy.codec;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.ListenerConfig;
import dev.hawser.proxy.model.LogRule;
import dev.hawser.proxy.model.Observing;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.util.List;
import java.util.Optional;

/** Reads HTTP connection managers. */
final class HttpCodec {
  private HttpCodec() {}

  static ListenerConfig.Content.Http content(String path, HttpConnectionManager manager)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path,
        manager,
        "codec_type",
        "stat_prefix",
        "rds",
        "route_config",
        "http_filters",
        "common_http_protocol_options",
        "stream_idle_timeout",
        "forward_client_cert_details",
        "set_current_client_cert_details",
        "server_header_transformation",
        "normalize_path",
        "merge_slashes",
        "path_with_escaped_slashes_action",
        "upgrade_configs",
        "max_request_headers_kb",
        "request_headers_timeout",
        "request_timeout",
        "http2_protocol_options",
        "tracing",
        "access_log");
    if (manager.getCodecType() != HttpConnectionManager.CodecType.AUTO) {
      throw Fields.rejected(path + ".codec_type", manager.getCodecType() + " (expected: AUTO)");
    }
    return new ListenerConfig.Content.Http(
        routes(path, manager),
        FilterCodecs.chain(path + ".http_filters", manager.getHttpFiltersList()),
        setsCaller(path, manager),
        manager.hasStreamIdleTimeout()
            ? Optional.of(
                Fields.duration(path + ".stream_idle_timeout", manager.getStreamIdleTimeout()))
            : Optional.empty(),
        EdgeCodec.edge(path, manager),
        observing(path, manager));
  }

  private static Observing observing(String path, HttpConnectionManager manager)
      throws ResourceRejectedException {
    List<LogRule> logs = LogCodec.logs(path + ".access_log", manager.getAccessLogList());
    return new Observing(
        logs,
        manager.hasTracing()
            ? Optional.of(TracingCodec.rule(path + ".tracing", manager.getTracing()))
            : Optional.empty());
  }

  private static ListenerConfig.Routes routes(String path, HttpConnectionManager manager)
      throws ResourceRejectedException {
    return switch (manager.getRouteSpecifierCase()) {
      case RDS -> {
        Fields.requireControlPlane(
            path + ".rds.config_source",
            manager.getRds().hasConfigSource(),
            manager.getRds().getConfigSource());
        yield new ListenerConfig.Routes.Named(manager.getRds().getRouteConfigName());
      }
      case ROUTE_CONFIG ->
          new ListenerConfig.Routes.Inline(
              RouteCodec.table(path + ".route_config", manager.getRouteConfig()));
      default ->
          throw Fields.rejected(
              path, manager.getRouteSpecifierCase() + " (expected: rds or route_config)");
    };
  }

  private static boolean setsCaller(String path, HttpConnectionManager manager)
      throws ResourceRejectedException {
    String at = path + ".set_current_client_cert_details";
    SupportedFields.requireOnly(at, manager.getSetCurrentClientCertDetails(), "uri");
    return switch (manager.getForwardClientCertDetails()) {
      case SANITIZE -> false;
      case SANITIZE_SET -> {
        if (!manager.getSetCurrentClientCertDetails().getUri()) {
          throw Fields.rejected(at + ".uri", "false (expected: true)");
        }
        yield true;
      }
      default ->
          throw Fields.rejected(
              path + ".forward_client_cert_details",
              manager.getForwardClientCertDetails() + " (expected: SANITIZE or SANITIZE_SET)");
    };
  }
}
