package dev.hawser.api.model;

import java.util.Map;

/**
 * One instance that serves a service.
 *
 * @param id stable for the life of the instance and unique within its registry, e.g. a pod's UID
 * @param address IP literal
 * @param targetPorts from the service's port number to the instance's own; a port that is absent is
 *     the same number
 * @param network what can route to the address directly
 * @param ready whether its registry says that it can serve
 * @param serviceAccount the service account in the service's namespace that it runs as
 * @param weight relative share, at least 1
 * @param labels as the registry gives them, for subsets
 */
public record Endpoint(
    String id,
    String address,
    Map<Integer, Integer> targetPorts,
    String network,
    Locality locality,
    boolean ready,
    String serviceAccount,
    int weight,
    Map<String, String> labels,
    Provenance provenance) {
  public Endpoint {
    targetPorts = Map.copyOf(targetPorts);
    labels = Map.copyOf(labels);
    if (weight < 1) {
      throw new IllegalArgumentException(
          "weight of endpoint " + id + ": " + weight + " (expected: at least 1)");
    }
  }

  /** Returns the instance's own port for a port of its service. */
  public int targetPort(int servicePort) {
    return targetPorts.getOrDefault(servicePort, servicePort);
  }
}
