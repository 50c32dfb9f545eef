package dev.hawser.controlplane.xds;

import com.google.protobuf.Struct;
import dev.hawser.api.model.Protocol;
import dev.hawser.api.model.ServicePort;
import dev.hawser.controlplane.policy.DestinationRule;
import dev.hawser.controlplane.policy.DestinationRule.ConnectionPool;
import dev.hawser.controlplane.snapshot.MeshEndpoint;
import dev.hawser.controlplane.snapshot.MeshService;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.KeepaliveSettings;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Upstreams: a service towards which a client calls, and the application behind a proxy. */
final class ClusterResources {
  static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

  /** How long a place must have been well before it is trusted with its whole share again. */
  private static final int STABILITY_SECONDS = 10;

  private static final Duration PING = Duration.ofSeconds(1);

  /** As many as one address has ports: no limit but the machine's, until a policy sets one. */
  private static final int UNLIMITED = 65_535;

  private static final String HTTP_OPTIONS =
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
  private static final String INBOUND = "inbound|";

  private ClusterResources() {}

  /** Returns the upstream of a service's port for one kind of client. */
  static Cluster service(
      String name,
      MeshService service,
      ServicePort port,
      Optional<DestinationRule> rule,
      ProxyKind kind) {
    ConnectionPool pool = rule.map(DestinationRule::pool).orElse(ConnectionPool.NONE);
    boolean http = port.protocol().isHttp();
    Cluster.Builder cluster =
        Cluster.newBuilder()
            .setName(name)
            .setType(Cluster.DiscoveryType.EDS)
            .setEdsClusterConfig(
                Cluster.EdsClusterConfig.newBuilder()
                    .setEdsConfig(TlsContexts.ads())
                    .setServiceName(name))
            .setConnectTimeout(Wire.duration(pool.connectTimeout().orElse(CONNECT_TIMEOUT)))
            .setLbPolicy(balancer(rule, kind))
            .setCircuitBreakers(circuitBreakers(pool))
            .setOutlierDetection(Outliers.of(rule.flatMap(DestinationRule::outliers)))
            .setMetadata(Metadata.newBuilder().putFilterMetadata("hawser", facts(service, port)));
    if (rule.filter(found -> !found.localities().distribute().isEmpty()).isPresent()) {
      cluster.setCommonLbConfig(
          Cluster.CommonLbConfig.newBuilder()
              .setLocalityWeightedLbConfig(
                  Cluster.CommonLbConfig.LocalityWeightedLbConfig.getDefaultInstance()));
    }
    Collection<String> identities = identities(service);
    if (kind == ProxyKind.GRPC) {
      return cluster.setTransportSocket(TlsContexts.grpcUpstream(identities)).build();
    }
    if (http) {
      cluster.putTypedExtensionProtocolOptions(HTTP_OPTIONS, Wire.any(toPeers(pool)));
    }
    return cluster
        .setTransportSocket(
            TlsContexts.upstream(
                http ? TlsContexts.HTTP_CLIENT : TlsContexts.raw(kind), identities))
        .build();
  }

  /** Returns the name of the application's own upstream, {@code inbound|8080|orders.shop}. */
  static String inboundName(MeshService service, int port) {
    return INBOUND + port + "|" + service.name();
  }

  static boolean isInbound(String name) {
    return name.startsWith(INBOUND);
  }

  /** Returns the application behind a proxy. */
  static Cluster application(
      MeshService service, MeshEndpoint endpoint, ServicePort port, String appHost) {
    String name = inboundName(service, port.number());
    Cluster.Builder cluster =
        Cluster.newBuilder()
            .setName(name)
            .setType(Cluster.DiscoveryType.STATIC)
            .setConnectTimeout(Wire.duration(CONNECT_TIMEOUT))
            .setLoadAssignment(
                fixed(
                    name,
                    List.of(
                        new SocketPlace(appHost, endpoint.endpoint().targetPort(port.number())))))
            .setMetadata(Metadata.newBuilder().putFilterMetadata("hawser", facts(service, port)));
    if (port.protocol().isHttp()) {
      cluster.putTypedExtensionProtocolOptions(HTTP_OPTIONS, Wire.any(toApplication(port)));
    }
    return cluster.build();
  }

  static ClusterLoadAssignment fixed(String name, List<SocketPlace> places) {
    LocalityLbEndpoints.Builder endpoints = LocalityLbEndpoints.newBuilder();
    for (SocketPlace place : places) {
      endpoints.addLbEndpoints(
          LbEndpoint.newBuilder().setEndpoint(Endpoint.newBuilder().setAddress(place.address())));
    }
    return ClusterLoadAssignment.newBuilder().setClusterName(name).addEndpoints(endpoints).build();
  }

  static Struct facts(MeshService service, ServicePort port) {
    return Struct.newBuilder()
        .putFields("service", EndpointResources.text(service.name().name()))
        .putFields("namespace", EndpointResources.text(service.name().namespace()))
        .putFields("port", EndpointResources.number(port.number()))
        .putFields("protocol", EndpointResources.text(port.protocol().wireName()))
        .putFields("stabilitySeconds", EndpointResources.number(STABILITY_SECONDS))
        .build();
  }

  /** Who may answer: every identity of the service here, and those that its exporters named. */
  private static Collection<String> identities(MeshService service) {
    TreeSet<String> identities = new TreeSet<>(service.localIdentities());
    service.remote().forEach(export -> identities.addAll(export.identities()));
    return identities;
  }

  private static Cluster.LbPolicy balancer(Optional<DestinationRule> rule, ProxyKind kind) {
    if (kind == ProxyKind.GRPC) {
      // The one that every gRPC implementation has without an experimental switch.
      return Cluster.LbPolicy.ROUND_ROBIN;
    }
    return switch (rule.map(DestinationRule::balancer).orElse(DestinationRule.Balancer.DEFAULT)) {
      case DEFAULT, LEAST_REQUEST -> Cluster.LbPolicy.LEAST_REQUEST;
      case ROUND_ROBIN -> Cluster.LbPolicy.ROUND_ROBIN;
      case RANDOM -> Cluster.LbPolicy.RANDOM;
    };
  }

  private static CircuitBreakers circuitBreakers(ConnectionPool pool) {
    return CircuitBreakers.newBuilder()
        .addThresholds(
            CircuitBreakers.Thresholds.newBuilder()
                .setMaxConnections(Wire.u32(pool.maxConnections().orElse(UNLIMITED)))
                .setMaxPendingRequests(Wire.u32(pool.maxPendingRequests().orElse(UNLIMITED)))
                .setMaxRequests(Wire.u32(pool.maxRequests().orElse(UNLIMITED)))
                .setMaxRetries(Wire.u32(pool.maxRetries().orElse(UNLIMITED))))
        .build();
  }

  private static io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions toPeers(
      ConnectionPool pool) {
    Http2ProtocolOptions http2 =
        Http2ProtocolOptions.newBuilder()
            .setConnectionKeepalive(
                KeepaliveSettings.newBuilder()
                    .setInterval(Wire.duration(PING))
                    .setTimeout(Wire.duration(PING)))
            .build();
    var options =
        io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.newBuilder()
            .setExplicitHttpConfig(
                io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                    .ExplicitHttpConfig.newBuilder()
                    .setHttp2ProtocolOptions(http2));
    pool.maxRequestsPerConnection()
        .ifPresent(most ->
            options.setCommonHttpProtocolOptions(
                HttpProtocolOptions.newBuilder().setMaxRequestsPerConnection(Wire.u32(most))));
    return options.build();
  }

  private static io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions toApplication(
      ServicePort port) {
    var explicit =
        io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig
            .newBuilder();
    if (port.protocol() == Protocol.HTTP) {
      explicit.setHttpProtocolOptions(Http1ProtocolOptions.getDefaultInstance());
    } else {
      explicit.setHttp2ProtocolOptions(Http2ProtocolOptions.getDefaultInstance());
    }
    return io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.newBuilder()
        .setExplicitHttpConfig(explicit)
        .build();
  }
}
