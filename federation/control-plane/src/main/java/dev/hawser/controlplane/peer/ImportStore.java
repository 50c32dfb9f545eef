package dev.hawser.controlplane.peer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.api.peer.v1.Export;
import dev.hawser.controlplane.state.StateKind;
import dev.hawser.controlplane.state.StateStore;
import dev.hawser.controlplane.state.StoredDocument;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the last known exports of every peer: one document per export, as it came over the wire,
 * and one per peer with the order of its last message.
 *
 * <p>Writes only what differs from its own last write. Not thread-safe.
 */
final class ImportStore {
  private static final Logger log = LoggerFactory.getLogger(ImportStore.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final StateStore store;
  private final Map<String, Map<ServiceName, Export>> written = new HashMap<>();
  private final Map<String, Stored> headers = new HashMap<>();

  ImportStore(StateStore store) {
    this.store = store;
  }

  /**
   * What was last known of a peer.
   *
   * @param uuid of the cluster that said it
   * @param heard when, by the wall clock
   */
  record LastKnown(String uuid, long epoch, long sequence, Instant heard, List<Export> exports) {}

  private record Stored(String uuid, long epoch, long sequence, long heardMillis) {}

  /** Reads all peers; a document that cannot be understood is named in the log and left out. */
  Map<String, LastKnown> load() {
    for (StoredDocument document : store.list(StateKind.IMPORTS)) {
      int slash = document.key().indexOf('/');
      try {
        if (slash < 0) {
          headers.put(document.key(), JSON.readValue(document.text(), Stored.class));
        } else {
          written
              .computeIfAbsent(document.key().substring(0, slash), _ -> new HashMap<>())
              .put(
                  ServiceName.parse(document.key().substring(slash + 1)),
                  Export.parseFrom(document.content()));
        }
      } catch (JsonProcessingException
          | InvalidProtocolBufferException
          | IllegalArgumentException e) {
        log.warn("stored import left out key={} reason={}", document.key(), e.getMessage());
      }
    }
    Map<String, LastKnown> known = new HashMap<>();
    headers.forEach((cluster, header) ->
        known.put(
            cluster,
            new LastKnown(
                header.uuid(),
                header.epoch(),
                header.sequence(),
                Instant.ofEpochMilli(header.heardMillis()),
                new ArrayList<>(written.getOrDefault(cluster, Map.of()).values()))));
    return known;
  }

  /**
   * Writes what changed since the last call.
   *
   * @throws dev.hawser.controlplane.state.StateUnavailableException if something was not written;
   *     the next call writes it
   */
  void save(
      String cluster,
      String uuid,
      long epoch,
      long sequence,
      Instant heard,
      NavigableMap<ServiceName, Imports.Accepted> exports) {
    Map<ServiceName, Export> before = written.computeIfAbsent(cluster, _ -> new HashMap<>());
    for (ServiceName name : List.copyOf(before.keySet())) {
      if (!exports.containsKey(name)) {
        store.remove(StateKind.IMPORTS, cluster + "/" + name);
        before.remove(name);
      }
    }
    exports.forEach((name, accepted) -> {
      if (!accepted.wire().equals(before.get(name))) {
        store.replace(StateKind.IMPORTS, cluster + "/" + name, accepted.wire().toByteArray());
        before.put(name, accepted.wire());
      }
    });
    Stored header = new Stored(uuid, epoch, sequence, heard.toEpochMilli());
    if (!header.equals(headers.get(cluster))) {
      store.replace(StateKind.IMPORTS, cluster, json(header));
      headers.put(cluster, header);
    }
  }

  /** Removes all that is stored of a peer. */
  void remove(String cluster) {
    for (ServiceName name : written.getOrDefault(cluster, Map.of()).keySet()) {
      store.remove(StateKind.IMPORTS, cluster + "/" + name);
    }
    written.remove(cluster);
    store.remove(StateKind.IMPORTS, cluster);
    headers.remove(cluster);
  }

  private static byte[] json(Stored header) {
    try {
      return JSON.writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write an import's header as JSON", e);
    }
  }
}
