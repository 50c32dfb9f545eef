package dev.hawser.gateway.route;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.engine.xds.ResourceApplier;
import dev.hawser.engine.xds.ResourceRejectedException;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Makes route tables of clusters (CDS) and their endpoints (EDS). Everything happens on the xDS
 * thread; the table is handed on whole, after each batch.
 */
public final class RouteSource {
  private static final int MAX_PORT = 65_535;

  private final ClusterName cluster;
  private final Consumer<RouteTable> onTable;
  private final Consumer<Set<String>> onEndpointsWanted;
  private final Map<String, List<Backend>> fixed = new HashMap<>();
  private final Set<String> discovered = new TreeSet<>();
  private final Map<String, List<Backend>> endpoints = new HashMap<>();

  /**
   * Makes a source.
   *
   * @param onTable gets each new table
   * @param onEndpointsWanted gets the names of the load assignments to subscribe to
   */
  public RouteSource(
      ClusterName cluster, Consumer<RouteTable> onTable, Consumer<Set<String>> onEndpointsWanted) {
    this.cluster = cluster;
    this.onTable = onTable;
    this.onEndpointsWanted = onEndpointsWanted;
  }

  /** Returns the applier of CDS. */
  public ResourceApplier<Cluster> clusters() {
    return new ResourceApplier<>() {
      @Override
      public Cluster prototype() {
        return Cluster.getDefaultInstance();
      }

      @Override
      public void onChanged(String name, Cluster resource, String version)
          throws ResourceRejectedException {
        accept(name, resource);
      }

      @Override
      public void onRemoved(String name) {
        fixed.remove(name);
        discovered.remove(name);
      }

      @Override
      public void onBatchEnd() {
        onEndpointsWanted.accept(Set.copyOf(discovered));
        // What is no longer asked for comes anew if it is asked for again.
        endpoints.keySet().retainAll(discovered);
        publish();
      }
    };
  }

  /** Returns the applier of EDS. */
  public ResourceApplier<ClusterLoadAssignment> assignments() {
    return new ResourceApplier<>() {
      @Override
      public ClusterLoadAssignment prototype() {
        return ClusterLoadAssignment.getDefaultInstance();
      }

      @Override
      public void onChanged(String name, ClusterLoadAssignment resource, String version)
          throws ResourceRejectedException {
        endpoints.put(name, backends(resource));
      }

      @Override
      public void onRemoved(String name) {
        endpoints.remove(name);
      }

      @Override
      public void onBatchEnd() {
        publish();
      }
    };
  }

  private void accept(String name, Cluster resource) throws ResourceRejectedException {
    if (resource.getHealthChecksCount() > 0) {
      // A gateway of another cluster: what is probed comes by HDS, and no connection is routed
      // there.
      return;
    }
    switch (resource.getType()) {
      case STATIC, STRICT_DNS -> {
        fixed.put(name, backends(resource.getLoadAssignment()));
        discovered.remove(name);
      }
      case EDS -> {
        discovered.add(name);
        fixed.remove(name);
      }
      default ->
          throw new ResourceRejectedException(
              "type", resource.getType() + " (expected: STATIC, STRICT_DNS or EDS)");
    }
  }

  private static List<Backend> backends(ClusterLoadAssignment assignment)
      throws ResourceRejectedException {
    List<Backend> backends = new ArrayList<>();
    for (int i = 0; i < assignment.getEndpointsCount(); i++) {
      LocalityLbEndpoints place = assignment.getEndpoints(i);
      for (int j = 0; j < place.getLbEndpointsCount(); j++) {
        backends.add(
            backend("endpoints[" + i + "].lb_endpoints[" + j + "]", place.getLbEndpoints(j)));
      }
    }
    return backends;
  }

  private static Backend backend(String path, LbEndpoint endpoint)
      throws ResourceRejectedException {
    SocketAddress address = endpoint.getEndpoint().getAddress().getSocketAddress();
    int port = address.getPortValue();
    if (address.getAddress().isEmpty() || port < 1 || port > MAX_PORT) {
      throw new ResourceRejectedException(
          path + ".endpoint.address.socket_address",
          address.getAddress() + ":" + port + " (expected: an address and a port of 1-65535)");
    }
    Struct metadata =
        endpoint.getMetadata().getFilterMetadataOrDefault("hawser", Struct.getDefaultInstance());
    Value slot = metadata.getFieldsMap().get("slot");
    HealthStatus health = endpoint.getHealthStatus();
    return new Backend(
        // Names are looked up at each connection, so that a changed address is followed.
        InetSocketAddress.createUnresolved(address.getAddress(), port),
        slot == null ? OptionalInt.empty() : OptionalInt.of((int) slot.getNumberValue()),
        (long)
            metadata.getFieldsOrDefault("generation", Value.getDefaultInstance()).getNumberValue(),
        metadata.getFieldsOrDefault("workload", Value.getDefaultInstance()).getStringValue(),
        health == HealthStatus.HEALTHY
            || health == HealthStatus.UNKNOWN
            || health == HealthStatus.DEGRADED);
  }

  private void publish() {
    Map<String, List<Backend>> groups = new TreeMap<>(fixed);
    for (String name : discovered) {
      groups.put(name, endpoints.getOrDefault(name, List.of()));
    }
    onTable.accept(new RouteTable(cluster, groups));
  }
}
