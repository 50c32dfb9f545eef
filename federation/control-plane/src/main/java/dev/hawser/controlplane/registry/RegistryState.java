package dev.hawser.controlplane.registry;

import dev.hawser.api.model.Provenance;
import dev.hawser.api.model.Service;
import java.time.Instant;
import java.util.List;

/**
 * Everything that one source owns, at one moment.
 *
 * @param source as {@link ServiceRegistry#source}
 * @param services sorted by name, each name once
 * @param rejected items that could not be taken, each with its reason; they are never among the
 *     services and never take others down
 * @param resynced whether this is the first state after a (re)connect or a full relist, so that
 *     what is missing may have been forgotten by the source rather than deleted by someone; the
 *     guard then looks harder
 * @param observed when it was put together, by the control plane's clock
 */
public record RegistryState(
    String source,
    Provenance.Registry kind,
    List<Service> services,
    List<Rejected> rejected,
    boolean resynced,
    Instant observed) {
  public RegistryState {
    services = List.copyOf(services);
    rejected = List.copyOf(rejected);
  }

  /** Returns how many endpoints its services have, ready or not. */
  public int endpointCount() {
    return services.stream().mapToInt(service -> service.endpoints().size()).sum();
  }

  /** Whether the other says the same about the world, whenever and however it was observed. */
  public boolean sameContent(RegistryState other) {
    return source.equals(other.source)
        && kind == other.kind
        && services.equals(other.services)
        && rejected.equals(other.rejected);
  }
}
