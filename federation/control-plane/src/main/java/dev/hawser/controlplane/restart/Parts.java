package dev.hawser.controlplane.restart;

import dev.hawser.controlplane.state.StateJson;
import dev.hawser.controlplane.state.StateKind;
import dev.hawser.controlplane.state.StateStore;
import dev.hawser.controlplane.state.StoredDocument;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * A value that may be longer than one document: a head that names a generation, and the parts of
 * that generation. The parts are written first and the old ones deleted last, so a process that
 * ends in between leaves the old value or the new one.
 */
final class Parts {
  private static final int PART = StateStore.MAX_DOCUMENT - 1024;

  private final StateStore store;
  private final StateKind kind;

  private record Head(long generation, int parts) {}

  Parts(StateStore store, StateKind kind) {
    this.store = store;
    this.kind = kind;
  }

  void save(String key, byte[] value) {
    Optional<Head> before = head(key);
    int parts = Math.max(1, (value.length + PART - 1) / PART);
    Head next = new Head(before.map(head -> head.generation() + 1).orElse(1L), parts);
    for (int i = 0; i < parts; i++) {
      byte[] part = Arrays.copyOfRange(value, i * PART, Math.min(value.length, (i + 1) * PART));
      store.replace(kind, part(key, next, i), part);
    }
    store.replace(kind, key, StateJson.write(next));
    before.ifPresent(old -> remove(key, old));
  }

  /** Returns the value, or empty if there is none or a part of it is lost. */
  Optional<byte[]> load(String key) {
    Optional<Head> head = head(key);
    if (head.isEmpty()) {
      return Optional.empty();
    }
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    for (int i = 0; i < head.get().parts(); i++) {
      Optional<StoredDocument> part = store.get(kind, part(key, head.get(), i));
      if (part.isEmpty()) {
        return Optional.empty();
      }
      value.writeBytes(part.get().content());
    }
    return Optional.of(value.toByteArray());
  }

  private Optional<Head> head(String key) {
    return store.get(kind, key).map(document -> StateJson.read(kind, document, Head.class));
  }

  private void remove(String key, Head head) {
    for (int i = 0; i < head.parts(); i++) {
      store.remove(kind, part(key, head, i));
    }
  }

  private static String part(String key, Head head, int index) {
    return key + "#" + head.generation() + "." + index;
  }
}
