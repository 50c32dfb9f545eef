package dev.hawser.controlplane.exports;

import dev.hawser.api.naming.ServiceName;
import dev.hawser.api.naming.SniName;
import dev.hawser.controlplane.state.StateStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps the slot table in line with what the cluster exports; a slot is stored before anyone hears
 * of it.
 *
 * <p>Not thread-safe: the thread that recomputes the cluster's state calls it.
 */
public final class ExportLedger {
  private final SlotStore store;
  private final InstantSource clock;
  private final Duration drain;
  private SlotTable table;

  /**
   * Reads the stored table.
   *
   * @param drain how long a freed slot waits for its old connections to be closed
   */
  public ExportLedger(StateStore store, InstantSource clock, Duration drain) {
    this.store = new SlotStore(store);
    this.clock = clock;
    this.drain = drain;
    this.table = this.store.load();
  }

  /**
   * Assigns slots and stores them.
   *
   * @param services every service of this cluster with all of its endpoints
   * @throws dev.hawser.controlplane.state.StateUnavailableException if the store cannot be written:
   *     nothing changed, and the former offers stand
   */
  public Offers update(List<LocalExport> services) {
    Instant now = clock.instant();
    SlotTable.Change change = table.assign(ExportPlan.demands(services), now, drain);
    if (!change.isEmpty()) {
      store.save(table, change);
      table = change.table();
    }
    Map<ServiceName, String> troubles = new HashMap<>();
    change
        .unplaced()
        .forEach((name, endpoints) ->
            troubles.put(
                name,
                endpoints.size()
                    + " endpoints are not offered to other clusters: all "
                    + (SniName.MAX_SLOT + 1)
                    + " slots are taken or draining"));
    return new Offers(table, services, troubles, nextDue(now));
  }

  private Optional<Instant> nextDue(Instant now) {
    return table.services().values().stream()
        .flatMap(service -> service.slots().values().stream())
        .flatMap(slot -> slot.drainUntil().stream())
        .filter(now::isBefore)
        .min(Instant::compareTo);
  }
}
