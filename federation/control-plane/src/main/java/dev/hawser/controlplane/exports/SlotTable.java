package dev.hawser.controlplane.exports;

import dev.hawser.api.naming.ServiceName;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which endpoint stands behind each slot of each exported service: one immutable value, the same
 * for every gateway of the cluster.
 *
 * <p>An endpoint keeps its slot for as long as it exists. A slot that lost its endpoint drains
 * first, and is given to another endpoint only after that, with a higher generation; so no caller's
 * connection ever ends at an endpoint that it was not meant for.
 *
 * @param floor the highest generation of services that were forgotten: one that comes back begins
 *     above it
 * @param services by name
 */
public record SlotTable(long floor, NavigableMap<ServiceName, ServiceSlots> services) {
  /** How long a freed slot waits for its old connections to be closed. */
  public static final Duration DEFAULT_DRAIN = Duration.ofSeconds(30);

  private static final ServiceSlots.Demand NOBODY =
      new ServiceSlots.Demand(Collections.emptySortedSet(), Collections.emptySortedSet());

  public static final SlotTable EMPTY = new SlotTable(0, Collections.emptyNavigableMap());

  public SlotTable {
    services = Collections.unmodifiableNavigableMap(new TreeMap<>(services));
  }

  /**
   * The table after a change, and what has to be stored and said because of it.
   *
   * @param changed services whose slots are not what they were
   * @param forgotten services that have no slot any more
   * @param unplaced by service, serving endpoints that found no free number
   */
  public record Change(
      SlotTable table,
      SortedSet<ServiceName> changed,
      SortedSet<ServiceName> forgotten,
      Map<ServiceName, List<String>> unplaced) {
    public boolean isEmpty() {
      return changed.isEmpty() && forgotten.isEmpty();
    }
  }

  /**
   * Brings the table in line with the exported services.
   *
   * @param demands of every service that is exported to anyone; all others lose their slots
   * @param drain how long a freed slot waits before it is given again
   */
  public Change assign(Map<ServiceName, ServiceSlots.Demand> demands, Instant now, Duration drain) {
    NavigableMap<ServiceName, ServiceSlots> next = new TreeMap<>();
    SortedSet<ServiceName> changed = new TreeSet<>();
    SortedSet<ServiceName> forgotten = new TreeSet<>();
    Map<ServiceName, List<String>> unplaced = new HashMap<>();
    long nextFloor = floor;
    for (ServiceSlots before : services.values()) {
      if (!demands.containsKey(before.service()) && before.isForgettable(now)) {
        forgotten.add(before.service());
        nextFloor = Math.max(nextFloor, before.highestGeneration());
      }
    }
    SortedSet<ServiceName> names = new TreeSet<>(services.keySet());
    names.addAll(demands.keySet());
    names.removeAll(forgotten);
    for (ServiceName name : names) {
      ServiceSlots before = services.get(name);
      ServiceSlots.Demand demand = demands.getOrDefault(name, NOBODY);
      ServiceSlots base =
          before == null ? new ServiceSlots(name, now, Collections.emptyNavigableMap()) : before;
      ServiceSlots.Assignment assignment = base.assign(demand, nextFloor, now, drain);
      if (!assignment.slots().equals(before)) {
        changed.add(name);
      }
      if (!assignment.unplaced().isEmpty()) {
        unplaced.put(name, assignment.unplaced());
      }
      next.put(name, assignment.slots());
    }
    return new Change(new SlotTable(nextFloor, next), changed, forgotten, Map.copyOf(unplaced));
  }
}
