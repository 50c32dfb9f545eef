package dev.hawser.controlplane.exports;

import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Locality;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.snapshot.MeshEndpoint;
import dev.hawser.controlplane.snapshot.MeshService;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A service of this cluster as the export plan sees it, merged from all of its registries.
 *
 * @param exposure which clusters may know of it: the union of what its registries say
 * @param endpoints all that exist, also those that cannot serve now
 */
public record LocalExport(
    ServiceName name, List<ServicePort> ports, Exposure exposure, List<Endpoint> endpoints) {
  public LocalExport {
    ports = List.copyOf(ports);
    endpoints = List.copyOf(endpoints);
  }

  /**
   * One endpoint.
   *
   * @param key unique within the cluster and stable for the endpoint's life, e.g. {@code
   *     kubernetes/<pod UID>}
   * @param serving whether its registry says ready and its proxy is in the mesh
   * @param identity SPIFFE id
   * @param exposure which clusters may use it: what its own registry says
   * @param weight relative share, at least 1
   */
  public record Endpoint(
      String key,
      boolean serving,
      String identity,
      Exposure exposure,
      Locality locality,
      int weight) {}

  /** Returns the local part of a merged service. */
  public static LocalExport of(MeshService service) {
    return new LocalExport(
        service.name(),
        service.ports(),
        service.exposure(),
        service.local().stream().map(LocalExport::endpoint).toList());
  }

  private static Endpoint endpoint(MeshEndpoint endpoint) {
    return new Endpoint(
        endpoint.key(),
        endpoint.serving(),
        endpoint.spiffeId(),
        endpoint.exposure(),
        endpoint.endpoint().locality(),
        endpoint.endpoint().weight());
  }

  /** Whether it may leave the cluster at all. */
  boolean isOffered() {
    return exposure.isExported() && !name.isClusterInternal();
  }

  /** Whether one other cluster may know of it. */
  boolean isOfferedTo(String cluster) {
    return exposure.allows(cluster) && !name.isClusterInternal();
  }

  ServiceSlots.Demand demand() {
    SortedSet<String> living = new TreeSet<>();
    SortedSet<String> serving = new TreeSet<>();
    for (Endpoint endpoint : endpoints) {
      if (endpoint.exposure().isExported()) {
        living.add(endpoint.key());
        if (endpoint.serving()) {
          serving.add(endpoint.key());
        }
      }
    }
    return new ServiceSlots.Demand(living, serving);
  }
}
