package dev.hawser.controlplane.exports;

import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.exports.ExportedService.OfferedSlot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What of this cluster is offered, by rules alone: opt-in, never a cluster-internal name, and only
 * endpoints that can serve and have a proxy of the mesh.
 */
final class ExportPlan {
  private ExportPlan() {}

  /** Returns what each exported service asks of the slot table. */
  static Map<ServiceName, ServiceSlots.Demand> demands(Collection<LocalExport> services) {
    Map<ServiceName, ServiceSlots.Demand> demands = new HashMap<>();
    for (LocalExport service : services) {
      if (service.isOffered()) {
        demands.put(service.name(), service.demand());
      }
    }
    return demands;
  }

  /** Returns what one other cluster may use, ordered by name. */
  static List<ExportedService> offersTo(
      String consumer, Collection<LocalExport> services, SlotTable table) {
    List<ExportedService> offers = new ArrayList<>();
    for (LocalExport service : services) {
      ServiceSlots slots = table.services().get(service.name());
      if (service.isOfferedTo(consumer) && slots != null) {
        offers.add(offer(consumer, service, slots));
      }
    }
    offers.sort(Comparator.comparing(ExportedService::name));
    return List.copyOf(offers);
  }

  private static ExportedService offer(String consumer, LocalExport service, ServiceSlots slots) {
    Map<String, Slot> held = slots.held();
    List<OfferedSlot> offered = new ArrayList<>();
    SortedSet<String> identities = new TreeSet<>();
    for (LocalExport.Endpoint endpoint : service.endpoints()) {
      if (!endpoint.exposure().allows(consumer)) {
        continue;
      }
      // Of the living, not of the serving: a passing unreadiness must not change whom callers
      // trust.
      identities.add(endpoint.identity());
      Slot slot = held.get(endpoint.key());
      if (endpoint.serving() && slot != null) {
        offered.add(
            new OfferedSlot(
                slot.number(), slot.generation(), endpoint.locality(), endpoint.weight()));
      }
    }
    offered.sort(Comparator.comparingInt(OfferedSlot::number));
    return new ExportedService(service.name(), service.ports(), offered, identities, slots.since());
  }
}
