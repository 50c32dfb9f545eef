package dev.hawser.controlplane.xds;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hawser.controlplane.snapshot.Present;
import dev.hawser.controlplane.state.StateKind;
import dev.hawser.controlplane.state.StateStore;
import dev.hawser.controlplane.state.StoredDocument;
import java.io.IOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Remembers over a restart whose proxies were present. Blocks on the store; one writer. */
public final class PresenceStore {
  private static final Logger LOG = LoggerFactory.getLogger(PresenceStore.class);
  private static final String KEY = "present";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final StateStore store;

  public PresenceStore(StateStore store) {
    this.store = store;
  }

  /** Returns who was present when this was last saved; nobody if it cannot be read. */
  public List<Present> load() {
    Optional<StoredDocument> document = store.get(StateKind.MESHED, KEY);
    if (document.isEmpty()) {
      return List.of();
    }
    try {
      return JSON.readValue(document.get().content(), new TypeReference<List<Present>>() {});
    } catch (IOException e) {
      LOG.warn(
          "remembered presence is unreadable, endpoints count as meshed once their proxies "
              + "are back",
          e);
      return List.of();
    }
  }

  /** Saves who is present; writes only if that is another set than the stored one. */
  public void save(Collection<Present> present) {
    List<Present> sorted =
        present.stream()
            .sorted(
                Comparator.comparing(Present::address)
                    .thenComparing(Present::identity)
                    .thenComparingInt(Present::inboundPort))
            .toList();
    byte[] content;
    try {
      content = JSON.writeValueAsBytes(sorted);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("three plain values are always JSON", e);
    }
    boolean same =
        store
            .get(StateKind.MESHED, KEY)
            .filter(document -> java.util.Arrays.equals(document.content(), content))
            .isPresent();
    if (!same) {
      store.replace(StateKind.MESHED, KEY, content);
    }
  }
}
