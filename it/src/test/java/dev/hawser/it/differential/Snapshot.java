package dev.hawser.it.differential;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The resources of all configurations. Nothing but the address of a listener differs by proxy. */
final class Snapshot {
  static final String LISTENERS = url(Listener.getDefaultInstance());
  static final String ROUTES = url(RouteConfiguration.getDefaultInstance());
  static final String CLUSTERS = url(Cluster.getDefaultInstance());

  private static final String LOOPBACK = "127.0.0.1";
  private static final int MANY = 1000;

  private Snapshot() {}

  /**
   * Returns the resources by type and name.
   *
   * @param address that the proxy listens on
   * @param ports of the listeners, by configuration
   */
  static Map<String, Map<String, Any>> of(
      List<Configuration> configurations,
      Applications applications,
      String address,
      Map<String, Integer> ports) {
    Map<String, Any> listeners = new LinkedHashMap<>();
    Map<String, Any> routes = new LinkedHashMap<>();
    Map<String, Any> clusters = new LinkedHashMap<>();
    for (Configuration configuration : configurations) {
      String name = configuration.name();
      listeners.put(
          name, Any.pack(listener(configuration, socket(address, ports.getOrDefault(name, 0)))));
      routes.put(name, Any.pack(configuration.routes()));
    }
    for (int i = 0; i < applications.count(); i++) {
      String name = Applications.name(i);
      clusters.put(name, Any.pack(cluster(name, applications.port(i))));
    }
    return Map.of(LISTENERS, listeners, ROUTES, routes, CLUSTERS, clusters);
  }

  private static String url(Message prototype) {
    return "type.googleapis.com/" + prototype.getDescriptorForType().getFullName();
  }

  private static Address socket(String address, int port) {
    return Address.newBuilder()
        .setSocketAddress(SocketAddress.newBuilder().setAddress(address).setPortValue(port))
        .build();
  }

  private static Listener listener(Configuration configuration, Address address) {
    ConfigSource ads =
        ConfigSource.newBuilder()
            .setAds(AggregatedConfigSource.getDefaultInstance())
            .setResourceApiVersion(ApiVersion.V3)
            .build();
    HttpConnectionManager.Builder manager =
        HttpConnectionManager.newBuilder()
            .setStatPrefix("differential")
            .setRds(Rds.newBuilder().setConfigSource(ads).setRouteConfigName(configuration.name()))
            .setNormalizePath(BoolValue.of(configuration.edge().normalise()))
            .setMergeSlashes(configuration.edge().mergeSlashes());
    configuration
        .filters()
        .forEach((name, message) -> manager.addHttpFilters(filter(name, message)));
    manager.addHttpFilters(filter("envoy.filters.http.router", Router.getDefaultInstance()));
    return Listener.newBuilder()
        .setName(configuration.name())
        .setAddress(address)
        .addFilterChains(
            FilterChain.newBuilder()
                .addFilters(
                    Filter.newBuilder()
                        .setName("envoy.filters.network.http_connection_manager")
                        .setTypedConfig(Any.pack(manager.build()))))
        .build();
  }

  private static HttpFilter filter(String name, Message message) {
    return HttpFilter.newBuilder().setName(name).setTypedConfig(Any.pack(message)).build();
  }

  private static Cluster cluster(String name, int port) {
    UInt32Value many = UInt32Value.of(MANY);
    return Cluster.newBuilder()
        .setName(name)
        .setType(Cluster.DiscoveryType.STATIC)
        .setConnectTimeout(Durations.fromSeconds(5))
        .setCircuitBreakers(
            CircuitBreakers.newBuilder()
                .addThresholds(
                    CircuitBreakers.Thresholds.newBuilder()
                        .setMaxConnections(many)
                        .setMaxPendingRequests(many)
                        .setMaxRequests(many)
                        .setMaxRetries(many)))
        .setLoadAssignment(
            ClusterLoadAssignment.newBuilder()
                .setClusterName(name)
                .addEndpoints(
                    LocalityLbEndpoints.newBuilder()
                        .addLbEndpoints(
                            LbEndpoint.newBuilder()
                                .setEndpoint(
                                    Endpoint.newBuilder().setAddress(socket(LOOPBACK, port))))))
        .build();
  }
}
