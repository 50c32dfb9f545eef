package dev.hawser.controlplane.exports;

import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.snapshot.SlotAssignment;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** All that this cluster exports, after its slots were stored. Immutable. */
public final class Offers {
  /** Nothing is exported. */
  public static final Offers NONE =
      new Offers(SlotTable.EMPTY, List.of(), Map.of(), Optional.empty());

  private final SlotTable table;
  private final List<LocalExport> services;
  private final Map<ServiceName, String> troubles;
  private final Optional<Instant> dueAt;

  Offers(
      SlotTable table,
      List<LocalExport> services,
      Map<ServiceName, String> troubles,
      Optional<Instant> dueAt) {
    this.table = table;
    this.services = List.copyOf(services);
    this.troubles = Collections.unmodifiableMap(new TreeMap<>(troubles));
    this.dueAt = dueAt;
  }

  /**
   * Returns the rows of the slot table, ordered by service and number: every slot that an endpoint
   * holds, and those that drain.
   */
  public List<SlotAssignment> assignments() {
    return table.services().values().stream()
        .flatMap(service ->
            service.slots().values().stream()
                .map(slot ->
                    new SlotAssignment(
                        service.service(),
                        slot.number(),
                        slot.generation(),
                        slot.endpoint(),
                        !slot.isHeld())))
        .toList();
  }

  /** Returns what one other cluster may use, ordered by name. */
  public List<ExportedService> to(String consumerCluster) {
    return ExportPlan.offersTo(consumerCluster, services, table);
  }

  /** Whether this cluster has the service but lets no other cluster use it. */
  public boolean isPrivate(ServiceName name) {
    return services.stream()
        .anyMatch(service -> service.name().equals(name) && !service.isOffered());
  }

  /** Returns a sentence for each service of which an endpoint could not be offered. */
  public Map<ServiceName, String> troubles() {
    return troubles;
  }

  /** Returns when the next draining slot is free: the ledger wants another update then. */
  public Optional<Instant> dueAt() {
    return dueAt;
  }
}
