package dev.hawser.bench.rig;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.hawser.engine.testing.FakeControlPlane;
import dev.hawser.engine.xds.TypeUrls;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.sni_cluster.v3.SniCluster;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells one proxy of ours by ADS what a template says, for tasks that no control plane gives: one
 * proxy of a pair alone, or none of the mesh's TLS.
 */
final class Ads implements AutoCloseable {
  private static final TypeRegistry TYPES =
      TypeRegistry.newBuilder()
          .add(Listener.getDescriptor())
          .add(RouteConfiguration.getDescriptor())
          .add(Cluster.getDescriptor())
          .add(ClusterLoadAssignment.getDescriptor())
          .add(HttpConnectionManager.getDescriptor())
          .add(Router.getDescriptor())
          .add(RBAC.getDescriptor())
          .add(TcpProxy.getDescriptor())
          .add(SniCluster.getDescriptor())
          .add(TlsInspector.getDescriptor())
          .add(DownstreamTlsContext.getDescriptor())
          .add(UpstreamTlsContext.getDescriptor())
          .add(HttpProtocolOptions.getDescriptor())
          .build();

  private final FakeControlPlane server;

  private Ads(FakeControlPlane server) {
    this.server = server;
  }

  /**
   * Starts serving.
   *
   * @param resources a JSON list of resources, each with its {@code @type}
   */
  static Ads serve(Identities identities, String resources) throws IOException {
    Map<String, Map<String, Message>> byType = read(resources);
    FakeControlPlane server = new FakeControlPlane(identities.controlPlane(), identities.bundles());
    byType.forEach(server::publish);
    return new Ads(server);
  }

  static Map<String, Map<String, Message>> read(String resources) throws IOException {
    Map<String, Map<String, Message>> byType = new HashMap<>();
    JsonFormat.Parser parser = JsonFormat.parser().usingTypeRegistry(TYPES);
    for (JsonNode node : new ObjectMapper().readTree(resources)) {
      Any.Builder any = Any.newBuilder();
      parser.merge(node.toString(), any);
      Message message = unpack(any.build());
      byType
          .computeIfAbsent(any.getTypeUrl(), _ -> new HashMap<>())
          .put(node.path(node.has("name") ? "name" : "clusterName").asText(), message);
    }
    return byType;
  }

  private static Message unpack(Any any) throws InvalidProtocolBufferException {
    return switch (any.getTypeUrl()) {
      case TypeUrls.LISTENER -> any.unpack(Listener.class);
      case TypeUrls.ROUTE -> any.unpack(RouteConfiguration.class);
      case TypeUrls.CLUSTER -> any.unpack(Cluster.class);
      case TypeUrls.ENDPOINT -> any.unpack(ClusterLoadAssignment.class);
      default -> throw new IllegalArgumentException("no resource of ADS: " + any.getTypeUrl());
    };
  }

  /** Returns host:port. */
  String address() {
    return server.address();
  }

  @Override
  public void close() {
    server.close();
  }
}
