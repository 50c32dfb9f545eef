package dev.hawser.controlplane.xds;

import com.google.protobuf.Struct;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.api.naming.SniName;
import dev.hawser.controlplane.snapshot.LocalCluster;
import dev.hawser.controlplane.snapshot.MeshEndpoint;
import dev.hawser.controlplane.snapshot.MeshService;
import dev.hawser.controlplane.snapshot.RemoteCluster;
import dev.hawser.controlplane.snapshot.RemoteGateway;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.spiffe.TrustDomain;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.HealthCheck;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.sni_cluster.v3.SniCluster;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a gateway needs: the exported endpoints behind it by SNI, its own control plane, and the
 * gateways of other clusters to probe. An SNI that has no cluster here is closed.
 */
final class GatewayResources {
  static final String LISTENER = "east-west";
  static final Duration PROBE_INTERVAL = Duration.ofSeconds(1);
  static final Duration PROBE_TIMEOUT = Duration.ofSeconds(1);
  static final String PROBE_PATH = "/ready";

  /** The filter before it names the cluster; this is no cluster's name. */
  private static final String BY_SNI = "by-sni";

  private static final String TCP_PROXY = "envoy.filters.network.tcp_proxy";

  private GatewayResources() {}

  static Listener listener(ProxyNode node, LocalCluster local) {
    return Listener.newBuilder()
        .setName(LISTENER)
        .setAddress(SocketPlace.address(node.address(), node.inboundPort()))
        .addListenerFilters(InboundListener.tlsInspector())
        .addFilterChains(
            FilterChain.newBuilder()
                .setName(LISTENER)
                .setFilterChainMatch(
                    FilterChainMatch.newBuilder()
                        .setTransportProtocol("tls")
                        .addServerNames("*." + local.name().trustDomain()))
                .addFilters(
                    InboundListener.filter(
                        "envoy.filters.network.sni_cluster", SniCluster.getDefaultInstance()))
                .addFilters(
                    InboundListener.filter(
                        TCP_PROXY,
                        TcpProxy.newBuilder().setStatPrefix(LISTENER).setCluster(BY_SNI).build())))
        .build();
  }

  static String name(MeshService service, ServicePort port, ClusterName cluster) {
    return SniName.ofService(port.number(), service.name(), cluster).encode();
  }

  /** Returns an exported port: TLS passes through untouched, so there is none in here. */
  static Cluster exported(MeshService service, ServicePort port, ClusterName cluster) {
    String name = name(service, port, cluster);
    return eds(name)
        .setLbPolicy(Cluster.LbPolicy.LEAST_REQUEST)
        .setMetadata(
            Metadata.newBuilder()
                .putFilterMetadata("hawser", ClusterResources.facts(service, port)))
        .build();
  }

  static ClusterLoadAssignment exportedEndpoints(
      MeshService service, ServicePort port, LocalCluster local) {
    Map<String, LocalityLbEndpoints.Builder> places = new TreeMap<>();
    for (MeshEndpoint meshed : service.local()) {
      if (meshed.meshed()
          && meshed.exposure().isExported()
          && meshed.ports().contains(port.number())
          && meshed.endpoint().network().equals(local.network())) {
        places
            .computeIfAbsent(
                meshed.endpoint().locality().toString(),
                _ ->
                    LocalityLbEndpoints.newBuilder()
                        .setLocality(EndpointResources.locality(meshed.endpoint().locality())))
            .addLbEndpoints(endpoint(meshed));
      }
    }
    ClusterLoadAssignment.Builder assignment =
        ClusterLoadAssignment.newBuilder().setClusterName(name(service, port, local.name()));
    places.values().forEach(assignment::addEndpoints);
    return assignment.build();
  }

  private static LbEndpoint endpoint(MeshEndpoint meshed) {
    Struct.Builder facts =
        Struct.newBuilder()
            .putFields("workload", EndpointResources.text(meshed.endpoint().provenance().owner()));
    boolean draining = false;
    if (meshed.slot().isPresent()) {
      facts
          .putFields("slot", EndpointResources.number(meshed.slot().get().slot()))
          .putFields("generation", EndpointResources.number(meshed.slot().get().generation()));
      draining = meshed.slot().get().draining();
    }
    HealthStatus health =
        draining
            ? HealthStatus.DRAINING
            : meshed.endpoint().ready() ? HealthStatus.HEALTHY : HealthStatus.UNHEALTHY;
    return LbEndpoint.newBuilder()
        .setEndpoint(
            Endpoint.newBuilder()
                .setAddress(SocketPlace.address(meshed.endpoint().address(), meshed.inboundPort())))
        .setHealthStatus(health)
        .setLoadBalancingWeight(Wire.u32(meshed.endpoint().weight()))
        .setMetadata(Metadata.newBuilder().putFilterMetadata("hawser", facts.build()))
        .build();
  }

  /** Returns the way to the own control plane, which terminates TLS itself. */
  static Cluster controlPlane(LocalCluster local) {
    String name = local.name().controlPlaneSni();
    List<SocketPlace> places =
        local.controlPlanes().stream()
            .map(address -> SocketPlace.parse("control plane's address", address))
            .toList();
    boolean literal = places.stream().allMatch(SocketPlace::isLiteral);
    return Cluster.newBuilder()
        .setName(name)
        .setType(literal ? Cluster.DiscoveryType.STATIC : Cluster.DiscoveryType.STRICT_DNS)
        .setConnectTimeout(Wire.duration(ClusterResources.CONNECT_TIMEOUT))
        .setLoadAssignment(ClusterResources.fixed(name, places))
        .build();
  }

  /** Returns the gateways of another cluster, to be asked whether they answer. */
  static Cluster probed(RemoteCluster remote, ClusterName cluster) {
    SpiffeId expected = SpiffeId.gateway(new TrustDomain(remote.trustDomain()));
    return eds(cluster.gatewaySni())
        .setTransportSocket(
            TlsContexts.upstream(TlsContexts.HTTP_CLIENT, List.of(expected.toString())))
        .addHealthChecks(probe(cluster))
        .build();
  }

  static HealthCheck probe(ClusterName cluster) {
    return HealthCheck.newBuilder()
        .setTimeout(Wire.duration(PROBE_TIMEOUT))
        .setInterval(Wire.duration(PROBE_INTERVAL))
        .setHealthyThreshold(Wire.u32(1))
        .setUnhealthyThreshold(Wire.u32(1))
        .setHttpHealthCheck(
            HealthCheck.HttpHealthCheck.newBuilder()
                .setHost(cluster.gatewaySni())
                .setPath(PROBE_PATH)
                .setCodecClientType(io.envoyproxy.envoy.type.v3.CodecClientType.HTTP2))
        .build();
  }

  static ClusterLoadAssignment probedEndpoints(RemoteCluster remote, ClusterName cluster) {
    LocalityLbEndpoints.Builder places = LocalityLbEndpoints.newBuilder();
    for (RemoteGateway gateway : remote.gateways()) {
      places.addLbEndpoints(
          LbEndpoint.newBuilder()
              .setEndpoint(
                  Endpoint.newBuilder()
                      .setAddress(
                          SocketPlace.parse("gateway of " + remote.name(), gateway.address())
                              .address())
                      .setHostname(cluster.gatewaySni())));
    }
    return ClusterLoadAssignment.newBuilder()
        .setClusterName(cluster.gatewaySni())
        .addEndpoints(places)
        .build();
  }

  private static Cluster.Builder eds(String name) {
    return Cluster.newBuilder()
        .setName(name)
        .setType(Cluster.DiscoveryType.EDS)
        .setEdsClusterConfig(
            Cluster.EdsClusterConfig.newBuilder()
                .setEdsConfig(TlsContexts.ads())
                .setServiceName(name))
        .setConnectTimeout(Wire.duration(ClusterResources.CONNECT_TIMEOUT));
  }
}
