package dev.hawser.controlplane.snapshot;

import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Exposure;
import java.util.Optional;
import java.util.Set;

/**
 * An endpoint of this cluster as the mesh uses it.
 *
 * @param ports the ports of its service that it serves; without those where its registry's idea of
 *     the port lost a conflict
 * @param spiffeId who must answer there
 * @param meshed whether a proxy of the mesh stands before it
 * @param inboundPort the port of that proxy, 1-65535
 * @param exposure which clusters may use this endpoint: what its own registry says, so that one
 *     registry's export never opens another's endpoints
 * @param slot its row in the slot table, if it has one
 */
public record MeshEndpoint(
    Endpoint endpoint,
    Set<Integer> ports,
    String spiffeId,
    boolean meshed,
    int inboundPort,
    Exposure exposure,
    Optional<SlotAssignment> slot) {
  /** Where a proxy takes connections of the mesh if it does not say otherwise. */
  public static final int DEFAULT_INBOUND_PORT = 15006;

  public MeshEndpoint {
    ports = Set.copyOf(ports);
  }

  /** Returns the endpoint's name, unique among those of its service in this cluster. */
  public String key() {
    return endpoint.provenance().source() + "/" + endpoint.id();
  }

  /** Whether a caller may be sent here: its registry calls it ready, and it has a proxy. */
  public boolean serving() {
    return meshed && endpoint.ready();
  }

  /** Whether a cluster may be offered a slot on it now. */
  public boolean advertisedTo(String cluster) {
    return serving() && exposure.allows(cluster);
  }
}
