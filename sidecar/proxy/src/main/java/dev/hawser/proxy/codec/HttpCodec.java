package dev.hawser.proxy.codec;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.Access;
import dev.hawser.proxy.model.ListenerConfig;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.time.Duration;
import java.util.ArrayList;
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
        "server_header_transformation");
    if (manager.getCodecType() != HttpConnectionManager.CodecType.AUTO) {
      throw Fields.rejected(path + ".codec_type", manager.getCodecType() + " (expected: AUTO)");
    }
    SupportedFields.requireOnly(
        path + ".common_http_protocol_options",
        manager.getCommonHttpProtocolOptions(),
        "idle_timeout");
    return new ListenerConfig.Content.Http(
        routes(path, manager),
        access(path + ".http_filters", manager.getHttpFiltersList()),
        setsCaller(path, manager),
        manager.getCommonHttpProtocolOptions().hasIdleTimeout()
            ? idle(
                path + ".common_http_protocol_options.idle_timeout",
                manager.getCommonHttpProtocolOptions().getIdleTimeout())
            : Optional.empty(),
        manager.hasStreamIdleTimeout()
            ? idle(path + ".stream_idle_timeout", manager.getStreamIdleTimeout())
            : Optional.empty());
  }

  private static Optional<Duration> idle(String path, com.google.protobuf.Duration value)
      throws ResourceRejectedException {
    return RouteCodec.positive(Fields.duration(path, value));
  }

  private static ListenerConfig.Routes routes(String path, HttpConnectionManager manager)
      throws ResourceRejectedException {
    return switch (manager.getRouteSpecifierCase()) {
      case RDS -> new ListenerConfig.Routes.Named(manager.getRds().getRouteConfigName());
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

  private static List<Access> access(String path, List<HttpFilter> filters)
      throws ResourceRejectedException {
    List<Access> access = new ArrayList<>();
    boolean routed = false;
    for (int i = 0; i < filters.size(); i++) {
      String at = path + "[" + i + "].typed_config";
      HttpFilter filter = filters.get(i);
      SupportedFields.requireOnly(path + "[" + i + "]", filter, "name", "typed_config");
      if (routed) {
        throw Fields.rejected(at, filter.getName() + " (expected: nothing after the router)");
      }
      if (filter.getTypedConfig().is(RBAC.class)) {
        RBAC rbac = Fields.unpack(at, filter.getTypedConfig(), RBAC.getDefaultInstance());
        SupportedFields.requireOnly(at, rbac, "rules");
        if (rbac.hasRules()) {
          access.add(AccessCodec.access(at + ".rules", rbac.getRules()));
        }
      } else {
        SupportedFields.requireOnly(
            at, Fields.unpack(at, filter.getTypedConfig(), Router.getDefaultInstance()));
        routed = true;
      }
    }
    if (!routed) {
      throw Fields.rejected(path, "no router at the end");
    }
    return access;
  }
}
