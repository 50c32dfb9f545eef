package dev.hawser.controlplane.merge;

import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Provenance;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.snapshot.MeshEndpoint;
import dev.hawser.controlplane.snapshot.Present;
import dev.hawser.controlplane.snapshot.SlotAssignment;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.spiffe.TrustDomain;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is known about this cluster's endpoints besides their registry's report. */
final class Endpoints {
  private record Place(String address, String identity) {}

  private record Holder(ServiceName service, String endpoint) {}

  private final TrustDomain trustDomain;
  private final Map<Place, Integer> inboundPorts = new HashMap<>();
  private final Map<Holder, SlotAssignment> slots = new HashMap<>();

  Endpoints(MergeInput input) {
    this.trustDomain = new TrustDomain(input.local().name().trustDomain());
    for (Present present : input.present()) {
      inboundPorts.merge(
          new Place(present.address(), present.identity()), present.inboundPort(), Math::min);
    }
    for (SlotAssignment slot : input.slots()) {
      slots.merge(new Holder(slot.service(), slot.endpoint()), slot, Endpoints::current);
    }
  }

  /** One that drains gives way to one that is in use. */
  private static SlotAssignment current(SlotAssignment one, SlotAssignment other) {
    if (one.draining() != other.draining()) {
      return one.draining() ? other : one;
    }
    return one.slot() <= other.slot() ? one : other;
  }

  /**
   * Returns the endpoint as the mesh uses it.
   *
   * @throws IllegalArgumentException if its service account cannot stand in a SPIFFE id
   */
  MeshEndpoint of(ServiceName service, Endpoint endpoint, Set<Integer> ports, Exposure exposure) {
    String identity =
        SpiffeId.workload(trustDomain, service.namespace(), endpoint.serviceAccount()).toString();
    Integer inboundPort = inboundPorts.get(new Place(endpoint.address(), identity));
    boolean leased = endpoint.provenance().registry() == Provenance.Registry.VM;
    String key = endpoint.provenance().source() + "/" + endpoint.id();
    return new MeshEndpoint(
        endpoint,
        ports,
        identity,
        inboundPort != null || leased,
        inboundPort == null ? MeshEndpoint.DEFAULT_INBOUND_PORT : inboundPort,
        exposure,
        Optional.ofNullable(slots.get(new Holder(service, key))));
  }
}
