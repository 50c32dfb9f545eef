package dev.hawser.controlplane.snapshot;

import dev.hawser.api.model.Locality;
import dev.hawser.api.naming.ClusterName;
import java.util.List;

/**
 * The cluster that this control plane serves.
 *
 * @param network what its endpoints can route to each other in, unless they say otherwise
 * @param consulNamespace the namespace that {@code X.service.consul} means
 * @param gateways {@code host:port} of its east-west gateways, in a stable order
 * @param controlPlanes {@code host:port} of the proxy port of its control plane, as its gateways
 *     reach it
 */
public record LocalCluster(
    ClusterName name,
    String network,
    Locality locality,
    String consulNamespace,
    List<String> gateways,
    List<String> controlPlanes) {
  public LocalCluster {
    gateways = List.copyOf(gateways);
    controlPlanes = List.copyOf(controlPlanes);
  }
}
