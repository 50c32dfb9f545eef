package dev.hawser.controlplane.xds;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;

/** What every HTTP connection manager has. */
final class HttpManagers {
  private HttpManagers() {}

  static HttpConnectionManager.Builder base(String statPrefix, ProxyKind kind) {
    HttpConnectionManager.Builder manager =
        HttpConnectionManager.newBuilder().setStatPrefix(statPrefix);
    if (kind == ProxyKind.GRPC) {
      return manager;
    }
    // A path means the same to policy and application, and WebSockets pass.
    manager
        .setNormalizePath(BoolValue.of(true))
        .addUpgradeConfigs(
            HttpConnectionManager.UpgradeConfig.newBuilder().setUpgradeType("websocket"));
    if (kind == ProxyKind.ENVOY) {
      // What our own proxy does anyway: applications' headers pass as they are.
      manager.setServerHeaderTransformation(
          HttpConnectionManager.ServerHeaderTransformation.PASS_THROUGH);
    }
    return manager;
  }

  /** A manager whose routes come by name. */
  static HttpConnectionManager byName(String routes, ProxyKind kind) {
    return base(routes, kind)
        .setRds(Rds.newBuilder().setRouteConfigName(routes).setConfigSource(TlsContexts.ads()))
        .addHttpFilters(router())
        .build();
  }

  static HttpFilter filter(String name, Message config) {
    return HttpFilter.newBuilder().setName(name).setTypedConfig(Wire.any(config)).build();
  }

  static HttpFilter router() {
    return filter("envoy.filters.http.router", Router.getDefaultInstance());
  }
}
