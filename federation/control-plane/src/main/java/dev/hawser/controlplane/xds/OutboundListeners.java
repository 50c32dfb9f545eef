package dev.hawser.controlplane.xds;

import dev.hawser.api.model.ServicePort;
import io.envoyproxy.envoy.config.listener.v3.ApiListener;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;

/** Where a workload calls from: by host name, by a local address per service, or inside gRPC. */
final class OutboundListeners {
  static final String HTTP = "outbound-http";

  private static final String MANAGER = "envoy.filters.network.http_connection_manager";

  private OutboundListeners() {}

  /** Returns the one listener for every service by its host name. */
  static Listener byHost(ProxyNode node) {
    return Listener.newBuilder()
        .setName(HTTP)
        .setAddress(SocketPlace.address(node.outboundAddress(), node.outboundPort()))
        .addFilterChains(
            FilterChain.newBuilder()
                .setName(HTTP)
                .addFilters(
                    InboundListener.filter(MANAGER, HttpManagers.byName(HTTP, node.kind()))))
        .build();
  }

  /** Returns the listener of one service under a local address. */
  static Listener explicit(ExplicitUpstream upstream, ServicePort port, ProxyKind kind) {
    String target = EndpointResources.name(upstream.service(), upstream.port());
    FilterChain.Builder chain = FilterChain.newBuilder().setName(target);
    if (port.protocol().isHttp()) {
      chain.addFilters(InboundListener.filter(MANAGER, HttpManagers.byName(target, kind)));
    } else {
      chain.addFilters(
          InboundListener.filter(
              "envoy.filters.network.tcp_proxy",
              TcpProxy.newBuilder().setStatPrefix(target).setCluster(target).build()));
    }
    return Listener.newBuilder()
        .setName(upstream.listenerName())
        .setAddress(upstream.listen().address())
        .addFilterChains(chain)
        .build();
  }

  /**
   * Returns the listener of a gRPC channel.
   *
   * @param name as the client asked for it, e.g. {@code orders.shop} or {@code orders.shop:8080}
   */
  static Listener grpc(String name, String routes) {
    return Listener.newBuilder()
        .setName(name)
        .setApiListener(
            ApiListener.newBuilder()
                .setApiListener(Wire.any(HttpManagers.byName(routes, ProxyKind.GRPC))))
        .build();
  }
}
