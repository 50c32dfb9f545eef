package dev.hawser.controlplane.exports;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.state.StateKind;
import dev.hawser.controlplane.state.StateStore;
import dev.hawser.controlplane.state.StoredDocument;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the slot table in the state store: one document per service with the time its export began,
 * and its slots by the thousand, so that a change of one slot writes one document of bounded size.
 *
 * <p>Not thread-safe: one writer.
 */
final class SlotStore {
  private static final Logger log = LoggerFactory.getLogger(SlotStore.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int CHUNK = 1000;

  /** No service has this name, since a label does not begin with a dot. */
  private static final String FLOOR_KEY = ".floor";

  private final StateStore store;

  SlotStore(StateStore store) {
    this.store = store;
  }

  private record StoredExport(long sinceMillis) {}

  private record StoredFloor(long floor) {}

  private record StoredSlots(List<StoredSlot> slots) {}

  private record StoredSlot(int number, long generation, String endpoint, long drainUntilMillis) {
    static StoredSlot of(Slot slot) {
      return new StoredSlot(
          slot.number(),
          slot.generation(),
          slot.endpoint(),
          slot.drainUntil().map(Instant::toEpochMilli).orElse(0L));
    }

    Slot slot() {
      return new Slot(
          number,
          generation,
          endpoint,
          drainUntilMillis == 0
              ? Optional.empty()
              : Optional.of(Instant.ofEpochMilli(drainUntilMillis)));
    }
  }

  /** Reads the table; a document that cannot be understood is named in the log and left out. */
  SlotTable load() {
    NavigableMap<ServiceName, Instant> since = new TreeMap<>();
    long floor = 0;
    for (StoredDocument document : store.list(StateKind.EXPORTS)) {
      try {
        if (document.key().equals(FLOOR_KEY)) {
          floor = JSON.readValue(document.text(), StoredFloor.class).floor();
        } else {
          since.put(
              ServiceName.parse(document.key()),
              Instant.ofEpochMilli(
                  JSON.readValue(document.text(), StoredExport.class).sinceMillis()));
        }
      } catch (JsonProcessingException | IllegalArgumentException e) {
        skipped(StateKind.EXPORTS, document, e);
      }
    }
    NavigableMap<ServiceName, NavigableMap<Integer, Slot>> slots = new TreeMap<>();
    for (StoredDocument document : store.list(StateKind.SLOTS)) {
      try {
        ServiceName service =
            ServiceName.parse(document.key().substring(0, document.key().indexOf('/')));
        NavigableMap<Integer, Slot> ofService =
            slots.computeIfAbsent(service, _ -> new TreeMap<>());
        for (StoredSlot slot : JSON.readValue(document.text(), StoredSlots.class).slots()) {
          ofService.put(slot.number(), slot.slot());
        }
      } catch (JsonProcessingException | IllegalArgumentException | IndexOutOfBoundsException e) {
        skipped(StateKind.SLOTS, document, e);
      }
    }
    NavigableMap<ServiceName, ServiceSlots> services = new TreeMap<>();
    since.forEach((name, began) ->
        services.put(
            name,
            new ServiceSlots(
                name, began, slots.getOrDefault(name, Collections.emptyNavigableMap()))));
    return new SlotTable(floor, services);
  }

  /**
   * Stores what a change changed. When it returns the table may be told to others.
   *
   * @throws dev.hawser.controlplane.state.StateUnavailableException if something was not written;
   *     the same change may be stored again
   */
  void save(SlotTable before, SlotTable.Change change) {
    SlotTable after = change.table();
    if (after.floor() != before.floor()) {
      // Before the forgotten services: a crash in between must not lose their generations.
      write(StateKind.EXPORTS, FLOOR_KEY, new StoredFloor(after.floor()));
    }
    for (ServiceName forgotten : change.forgotten()) {
      ServiceSlots old = before.services().get(forgotten);
      if (old != null) {
        chunks(old).keySet().forEach(chunk -> store.remove(StateKind.SLOTS, key(old, chunk)));
      }
      store.remove(StateKind.EXPORTS, forgotten.toString());
    }
    for (ServiceName name : change.changed()) {
      ServiceSlots old = before.services().get(name);
      ServiceSlots now = after.services().get(name);
      if (now == null) {
        continue;
      }
      if (old == null) {
        write(StateKind.EXPORTS, name.toString(), new StoredExport(now.since().toEpochMilli()));
      }
      NavigableMap<Integer, List<StoredSlot>> written =
          old == null ? Collections.emptyNavigableMap() : chunks(old);
      chunks(now)
          .forEach((chunk, slots) -> {
            if (!slots.equals(written.get(chunk))) {
              write(StateKind.SLOTS, key(now, chunk), new StoredSlots(slots));
            }
          });
    }
  }

  private static NavigableMap<Integer, List<StoredSlot>> chunks(ServiceSlots service) {
    NavigableMap<Integer, List<StoredSlot>> chunks = new TreeMap<>();
    for (Slot slot : service.slots().values()) {
      chunks
          .computeIfAbsent(slot.number() / CHUNK, _ -> new ArrayList<>())
          .add(StoredSlot.of(slot));
    }
    return chunks;
  }

  private static String key(ServiceSlots service, int chunk) {
    return service.service() + "/" + chunk;
  }

  private void write(StateKind kind, String key, Object value) {
    try {
      store.replace(kind, key, JSON.writeValueAsString(value).getBytes(StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write " + kind.label() + "/" + key + " as JSON", e);
    }
  }

  private static void skipped(StateKind kind, StoredDocument document, Exception reason) {
    log.warn(
        "stored document left out kind={} key={} reason={}",
        kind.label(),
        document.key(),
        reason.getMessage());
  }
}
