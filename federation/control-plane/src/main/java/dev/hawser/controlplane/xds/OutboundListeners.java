package dev.hawser.controlplane.xds;

import com.google.protobuf.BoolValue;
import dev.hawser.api.model.Protocol;
import dev.hawser.api.model.ServicePort;
import io.envoyproxy.envoy.config.listener.v3.ApiListener;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
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
        .addFilterChains(requests(HTTP, node.kind()))
        .build();
  }

  /**
   * Returns the listener to which a packet filter redirects all that the workload opens. Who
   * addresses it by itself is served by host; what is for nobody in the mesh goes on, or nowhere.
   */
  static Listener captured(ProxyNode node, ProxyNode.Captured how) {
    int port = node.outboundPort();
    FilterChainMatch addressed =
        FilterChainMatch.newBuilder().setDestinationPort(Wire.u32(port)).build();
    Listener.Builder listener =
        Listener.newBuilder()
            .setName(HTTP)
            .setAddress(SocketPlace.address(node.outboundAddress(), port))
            .setUseOriginalDst(BoolValue.of(true))
            .addListenerFilters(CapturedListeners.originalDestination())
            .addFilterChains(requests(HTTP, node.kind()).setFilterChainMatch(addressed))
            .addFilterChains(bytes(PassThrough.of(how.outside())));
    if (how.ipv6()) {
      listener.addAdditionalAddresses(CapturedListeners.also("::1", port));
    }
    return listener.build();
  }

  /** Returns the listener of one service under a local address. */
  static Listener explicit(ExplicitUpstream upstream, ServicePort port, ProxyKind kind) {
    String target = EndpointResources.name(upstream.service(), upstream.port());
    return Listener.newBuilder()
        .setName(upstream.listenerName())
        .setAddress(upstream.listen().address())
        .addFilterChains(chain(target, port.protocol(), kind))
        .build();
  }

  /** Returns the chain towards one target: a cluster, and for requests the routes of its name. */
  static FilterChain.Builder chain(String target, Protocol protocol, ProxyKind kind) {
    return protocol.isHttp() ? requests(target, kind) : bytes(target);
  }

  private static FilterChain.Builder requests(String routes, ProxyKind kind) {
    return FilterChain.newBuilder()
        .setName(routes)
        .addFilters(InboundListener.filter(MANAGER, HttpManagers.byName(routes, kind)));
  }

  static FilterChain.Builder bytes(String cluster) {
    return FilterChain.newBuilder()
        .setName(cluster)
        .addFilters(
            InboundListener.filter(
                "envoy.filters.network.tcp_proxy",
                TcpProxy.newBuilder().setStatPrefix(cluster).setCluster(cluster).build()));
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
