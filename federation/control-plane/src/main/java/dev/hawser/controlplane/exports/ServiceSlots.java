package dev.hawser.controlplane.exports;

import dev.hawser.api.naming.ServiceName;
import dev.hawser.api.naming.SniName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * The slots of one exported service.
 *
 * @param since when the service was first exported, for the rule that the older of two conflicting
 *     exports wins
 * @param slots by number
 */
public record ServiceSlots(ServiceName service, Instant since, NavigableMap<Integer, Slot> slots) {
  public ServiceSlots {
    slots = Collections.unmodifiableNavigableMap(new TreeMap<>(slots));
  }

  /**
   * What the service's endpoints are now.
   *
   * @param living keys of all endpoints that exist, ready or not: they keep their slots
   * @param serving keys of those that can serve, a subset: they need a slot
   */
  public record Demand(SortedSet<String> living, SortedSet<String> serving) {
    public Demand {
      if (!living.containsAll(serving)) {
        throw new IllegalArgumentException(
            "serving endpoints " + serving + " (expected: a subset of the living " + living + ")");
      }
    }
  }

  /**
   * The result of an assignment.
   *
   * @param unplaced serving endpoints that found every number taken or draining
   */
  record Assignment(ServiceSlots slots, List<String> unplaced) {}

  /** Returns the slots that living endpoints hold, by endpoint key. */
  public Map<String, Slot> held() {
    Map<String, Slot> held = new TreeMap<>();
    for (Slot slot : slots.values()) {
      if (slot.isHeld()) {
        held.put(slot.endpoint(), slot);
      }
    }
    return held;
  }

  /**
   * Frees the slots of endpoints that are gone and gives one to each serving endpoint that has
   * none: its own former one if nobody else got it, else the lowest number that is unused or
   * drained.
   *
   * @param floor generations up to here may be known to callers from an earlier life of the service
   */
  Assignment assign(Demand demand, long floor, Instant now, Duration drain) {
    NavigableMap<Integer, Slot> next = new TreeMap<>();
    Map<String, Integer> byEndpoint = new HashMap<>();
    for (Slot slot : slots.values()) {
      boolean lives = demand.living().contains(slot.endpoint());
      Slot moved = slot;
      if (lives && !slot.isHeld()) {
        moved = slot.returned();
      } else if (!lives && slot.isHeld()) {
        moved = slot.draining(now.plus(drain));
      }
      next.put(slot.number(), moved);
      byEndpoint.put(slot.endpoint(), slot.number());
    }
    List<String> unplaced = new ArrayList<>();
    int from = 0;
    for (String endpoint : demand.serving()) {
      if (byEndpoint.containsKey(endpoint)) {
        continue;
      }
      OptionalInt number = lowestAvailable(next, from, now);
      if (number.isEmpty()) {
        unplaced.add(endpoint);
        from = SniName.MAX_SLOT + 1;
        continue;
      }
      Slot old = next.get(number.getAsInt());
      long generation = old == null ? floor + 1 : old.generation() + 1;
      next.put(
          number.getAsInt(), new Slot(number.getAsInt(), generation, endpoint, Optional.empty()));
      from = number.getAsInt() + 1;
    }
    return new Assignment(new ServiceSlots(service, since, next), List.copyOf(unplaced));
  }

  /** Whether nobody can still be connected to any of its slots. */
  boolean isForgettable(Instant now) {
    return slots.values().stream().allMatch(slot -> slot.isReusable(now));
  }

  long highestGeneration() {
    return slots.values().stream().mapToLong(Slot::generation).max().orElse(0);
  }

  private static OptionalInt lowestAvailable(
      NavigableMap<Integer, Slot> slots, int from, Instant now) {
    for (int number = from; number <= SniName.MAX_SLOT; number++) {
      Slot slot = slots.get(number);
      if (slot == null || slot.isReusable(now)) {
        return OptionalInt.of(number);
      }
    }
    return OptionalInt.empty();
  }
}
