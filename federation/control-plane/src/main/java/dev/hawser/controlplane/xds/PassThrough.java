package dev.hawser.controlplane.xds;

import com.google.protobuf.Struct;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import java.time.Duration;
import java.util.Optional;

/**
 * Where captured connections go that are for nobody in the mesh, by the names that Istio's users
 * look for in metrics: on to where they were going, or nowhere.
 */
final class PassThrough {
  static final String ON = "PassthroughCluster";
  static final String NOWHERE = "BlackHoleCluster";

  /** As for a program that connects by itself, more or less: networks outside are slow. */
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private static final XdsResource TO_ORIGINAL =
      XdsResource.of(
          ON,
          Cluster.newBuilder()
              .setName(ON)
              .setType(Cluster.DiscoveryType.ORIGINAL_DST)
              .setLbPolicy(Cluster.LbPolicy.CLUSTER_PROVIDED)
              .setConnectTimeout(Wire.duration(CONNECT_TIMEOUT))
              .setMetadata(facts(ON))
              .build());

  private static final XdsResource TO_NOBODY =
      XdsResource.of(
          NOWHERE,
          Cluster.newBuilder()
              .setName(NOWHERE)
              .setType(Cluster.DiscoveryType.STATIC)
              .setConnectTimeout(Wire.duration(CONNECT_TIMEOUT))
              .setLoadAssignment(ClusterLoadAssignment.newBuilder().setClusterName(NOWHERE))
              .setMetadata(facts(NOWHERE))
              .build());

  private PassThrough() {}

  /** Returns the name of the cluster for what is not in any registry. */
  static String of(ProxyNode.Outside policy) {
    return switch (policy) {
      case ALLOW_ANY -> ON;
      case REGISTRY_ONLY -> NOWHERE;
    };
  }

  /** Returns a cluster by its name. */
  static Optional<XdsResource> cluster(String name) {
    return switch (name) {
      case ON -> Optional.of(TO_ORIGINAL);
      case NOWHERE -> Optional.of(TO_NOBODY);
      default -> Optional.empty();
    };
  }

  /** In metrics it is the service that was called. */
  private static Metadata facts(String name) {
    return Metadata.newBuilder()
        .putFilterMetadata(
            "hawser",
            Struct.newBuilder().putFields("service", EndpointResources.text(name)).build())
        .build();
  }
}
