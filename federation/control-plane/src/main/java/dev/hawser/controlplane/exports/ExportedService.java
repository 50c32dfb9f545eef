package dev.hawser.controlplane.exports;

import dev.hawser.api.model.Locality;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ServiceName;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What one consumer is told about one service: ports, slots and who may answer; never an address.
 *
 * @param slots those that can serve now, ordered by number; may be empty while none can
 * @param identities SPIFFE ids that may serve it
 * @param since when the export began
 */
public record ExportedService(
    ServiceName name,
    List<ServicePort> ports,
    List<OfferedSlot> slots,
    SortedSet<String> identities,
    Instant since) {
  public ExportedService {
    ports = List.copyOf(ports);
    slots = List.copyOf(slots);
    identities = Collections.unmodifiableSortedSet(new TreeSet<>(identities));
  }

  /**
   * A slot on offer.
   *
   * @param weight relative share, at least 1
   */
  public record OfferedSlot(int number, long generation, Locality locality, int weight) {}
}
