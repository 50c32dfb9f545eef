package dev.hawser.controlplane.xds;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Message;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.SniName;
import dev.hawser.controlplane.snapshot.MeshSnapshot;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.util.List;

/**
 * Where a proxy takes connections of the mesh: one filter chain per port that its workload serves,
 * chosen by SNI. A name that is not in here finds no chain, and the connection is closed.
 */
final class InboundListener {
  static final String NAME = "inbound";

  private InboundListener() {}

  /** Returns the listener; a node that serves nothing has none, so {@code served} is not empty. */
  static Listener of(ProxyNode node, List<Served> served, MeshSnapshot snapshot) {
    Listener.Builder listener =
        Listener.newBuilder()
            .setName(NAME)
            .setAddress(SocketPlace.address(node.address(), node.inboundPort()))
            .addListenerFilters(tlsInspector());
    served.forEach(item -> listener.addFilterChains(chain(item, snapshot, node.kind())));
    return listener.build();
  }

  static ListenerFilter tlsInspector() {
    return ListenerFilter.newBuilder()
        .setName("envoy.filters.listener.tls_inspector")
        .setTypedConfig(Wire.any(TlsInspector.getDefaultInstance()))
        .build();
  }

  private static FilterChain chain(Served served, MeshSnapshot snapshot, ProxyKind kind) {
    ServicePort port = served.port();
    String sni =
        SniName.ofService(port.number(), served.service().name(), snapshot.local().name()).encode();
    String cluster = ClusterResources.inboundName(served.service(), port.number());
    RBAC callers = AccessRules.callersOf(served.endpoint().exposure(), snapshot);
    boolean http = port.protocol().isHttp();
    FilterChain.Builder chain =
        FilterChain.newBuilder()
            .setName(cluster)
            .setFilterChainMatch(
                FilterChainMatch.newBuilder().addServerNames(sni).addServerNames("*." + sni))
            .setTransportSocket(
                TlsContexts.downstream(http ? TlsContexts.HTTP_SERVER : TlsContexts.raw(kind)));
    if (http) {
      chain.addFilters(
          filter("envoy.filters.network.http_connection_manager", manager(cluster, callers, kind)));
    } else {
      chain
          .addFilters(
              filter(
                  "envoy.filters.network.rbac",
                  io.envoyproxy
                      .envoy
                      .extensions
                      .filters
                      .network
                      .rbac
                      .v3
                      .RBAC
                      .newBuilder()
                      .setRules(callers)
                      .setStatPrefix(cluster)
                      .build()))
          .addFilters(
              filter(
                  "envoy.filters.network.tcp_proxy",
                  TcpProxy.newBuilder().setStatPrefix(cluster).setCluster(cluster).build()));
    }
    return chain.build();
  }

  private static HttpConnectionManager manager(String cluster, RBAC callers, ProxyKind kind) {
    HttpConnectionManager.Builder manager =
        HttpManagers.base(cluster, kind)
            .setRouteConfig(toApplication(cluster))
            .setForwardClientCertDetails(
                HttpConnectionManager.ForwardClientCertDetails.SANITIZE_SET)
            .setSetCurrentClientCertDetails(
                HttpConnectionManager.SetCurrentClientCertDetails.newBuilder().setUri(true));
    return manager
        .addHttpFilters(
            HttpManagers.filter(
                "envoy.filters.http.rbac",
                io.envoyproxy
                    .envoy
                    .extensions
                    .filters
                    .http
                    .rbac
                    .v3
                    .RBAC
                    .newBuilder()
                    .setRules(callers)
                    .build()))
        .addHttpFilters(HttpManagers.router())
        .build();
  }

  /** No time limit of its own: the caller's proxy has one, and streams may last. */
  private static RouteConfiguration toApplication(String cluster) {
    return RouteConfiguration.newBuilder()
        .setName(cluster)
        .setValidateClusters(BoolValue.of(false))
        .addVirtualHosts(
            VirtualHost.newBuilder()
                .setName(cluster)
                .addDomains("*")
                .addRoutes(
                    Route.newBuilder()
                        .setName("default")
                        .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                        .setRoute(
                            RouteAction.newBuilder()
                                .setCluster(cluster)
                                .setTimeout(Wire.duration(java.time.Duration.ZERO)))))
        .build();
  }

  static Filter filter(String name, Message config) {
    return Filter.newBuilder().setName(name).setTypedConfig(Wire.any(config)).build();
  }
}
