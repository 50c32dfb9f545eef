package dev.hawser.controlplane.exports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.state.MemoryStateStore;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** What holds of the slot table whatever the endpoints do. */
class SlotTableProperties {
  private static final ServiceName ORDERS = new ServiceName("orders", "shop");
  private static final Duration DRAIN = Duration.ofSeconds(30);

  /** One moment: which endpoints exist, which of them serve, and how long after the last one. */
  record Moment(Set<Integer> living, Set<Integer> serving, int secondsLater, boolean exported) {
    Map<ServiceName, ServiceSlots.Demand> demands() {
      if (!exported) {
        return Map.of();
      }
      TreeSet<String> alive = keys(living);
      TreeSet<String> ready = keys(serving);
      ready.retainAll(alive);
      return Map.of(ORDERS, new ServiceSlots.Demand(alive, ready));
    }

    private static TreeSet<String> keys(Set<Integer> numbers) {
      TreeSet<String> keys = new TreeSet<>();
      numbers.forEach(number -> keys.add("file/pod-" + number));
      return keys;
    }
  }

  @Provide
  Arbitrary<List<Moment>> histories() {
    Arbitrary<Set<Integer>> endpoints = Arbitraries.integers().between(0, 12).set().ofMaxSize(8);
    return Combinators.combine(
            endpoints,
            endpoints,
            Arbitraries.integers().between(0, 40),
            Arbitraries.frequency(Tuple.of(8, true), Tuple.of(1, false)))
        .as(Moment::new)
        .list()
        .ofMinSize(2)
        .ofMaxSize(25);
  }

  @Property
  void anEndpointKeepsItsSlotAndGenerationForItsLife(@ForAll("histories") List<Moment> history) {
    SlotTable table = SlotTable.EMPTY;
    Instant now = Instant.EPOCH;
    Map<String, Slot> before = Map.of();
    for (Moment moment : history) {
      now = now.plusSeconds(moment.secondsLater());
      table = table.assign(moment.demands(), now, DRAIN).table();
      Map<String, Slot> held = held(table);
      for (Map.Entry<String, Slot> entry : before.entrySet()) {
        ServiceSlots.Demand demand = moment.demands().get(ORDERS);
        if (demand != null && demand.living().contains(entry.getKey())) {
          assertThat(held).containsEntry(entry.getKey(), entry.getValue());
        }
      }
      before = held;
    }
  }

  @Property
  void everyServingEndpointHasASlotOfItsOwn(@ForAll("histories") List<Moment> history) {
    SlotTable table = SlotTable.EMPTY;
    Instant now = Instant.EPOCH;
    for (Moment moment : history) {
      now = now.plusSeconds(moment.secondsLater());
      table = table.assign(moment.demands(), now, DRAIN).table();
      Map<String, Slot> held = held(table);
      ServiceSlots.Demand demand = moment.demands().get(ORDERS);
      if (demand != null) {
        assertThat(held.keySet()).containsAll(demand.serving());
      }
      assertThat(held.values().stream().map(Slot::number)).doesNotHaveDuplicates();
    }
  }

  @Property
  void aNumberGoesToAnotherEndpointOnlyAfterTheDrainAndWithAHigherGeneration(
      @ForAll("histories") List<Moment> history) {
    SlotTable table = SlotTable.EMPTY;
    Instant now = Instant.EPOCH;
    Map<Integer, Slot> lastHolder = new HashMap<>();
    Map<Integer, Instant> lastHeld = new HashMap<>();
    for (Moment moment : history) {
      now = now.plusSeconds(moment.secondsLater());
      table = table.assign(moment.demands(), now, DRAIN).table();
      for (Slot slot : held(table).values()) {
        Slot old = lastHolder.get(slot.number());
        if (old != null && !old.endpoint().equals(slot.endpoint())) {
          assertThat(slot.generation()).isGreaterThan(old.generation());
          assertThat(lastHeld.getOrDefault(slot.number(), now).plus(DRAIN)).isBeforeOrEqualTo(now);
        }
        lastHolder.put(slot.number(), slot);
        lastHeld.put(slot.number(), now);
      }
    }
  }

  @Property
  void theSameDemandTwiceChangesNothing(@ForAll("histories") List<Moment> history) {
    SlotTable table = SlotTable.EMPTY;
    Instant now = Instant.EPOCH;
    for (Moment moment : history) {
      now = now.plusSeconds(moment.secondsLater());
      table = table.assign(moment.demands(), now, DRAIN).table();
      assertThat(table.assign(moment.demands(), now, DRAIN).isEmpty()).isTrue();
    }
  }

  @Property
  void aStoredTableIsReadBackAsItWas(@ForAll("histories") List<Moment> history) {
    try (var store = new MemoryStateStore()) {
      SlotStore slots = new SlotStore(store);
      SlotTable table = SlotTable.EMPTY;
      Instant now = Instant.EPOCH;
      for (Moment moment : history) {
        now = now.plusSeconds(moment.secondsLater());
        SlotTable.Change change = table.assign(moment.demands(), now, DRAIN);
        slots.save(table, change);
        table = change.table();
        assertThat(slots.load()).isEqualTo(table);
      }
    }
  }

  private static Map<String, Slot> held(SlotTable table) {
    ServiceSlots slots = table.services().get(ORDERS);
    return slots == null ? Map.of() : slots.held();
  }
}
