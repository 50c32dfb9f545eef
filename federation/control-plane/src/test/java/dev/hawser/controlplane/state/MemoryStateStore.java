package dev.hawser.controlplane.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A state store for tests of other packages: the same promises, nothing durable. */
public final class MemoryStateStore implements StateStore {
  private final Map<StateKind, Map<String, StoredDocument>> documents = new TreeMap<>();
  private long writes;

  @Override
  public synchronized Optional<StoredDocument> get(StateKind kind, String key) {
    return Optional.ofNullable(of(kind).get(StateKeys.require(key)));
  }

  @Override
  public synchronized List<StoredDocument> list(StateKind kind) {
    return List.copyOf(new ArrayList<>(of(kind).values()));
  }

  @Override
  public synchronized StoredDocument put(
      StateKind kind, String key, byte[] content, String expectedVersion)
      throws StaleVersionException {
    StateKeys.requireFits(kind, StateKeys.require(key), content);
    requireVersion(kind, key, expectedVersion);
    StoredDocument stored = new StoredDocument(key, content, Long.toString(++writes));
    of(kind).put(key, stored);
    return stored;
  }

  @Override
  public synchronized void delete(StateKind kind, String key, String expectedVersion)
      throws StaleVersionException {
    requireVersion(kind, key, expectedVersion);
    of(kind).remove(key);
  }

  @Override
  public List<Damaged> damaged() {
    return List.of();
  }

  @Override
  public void close() {
    // Nothing to release.
  }

  private void requireVersion(StateKind kind, String key, String expected)
      throws StaleVersionException {
    @Nullable StoredDocument found = of(kind).get(key);
    String version = found == null ? ABSENT : found.version();
    if (!version.equals(expected)) {
      throw new StaleVersionException(kind, key, expected, version);
    }
  }

  private Map<String, StoredDocument> of(StateKind kind) {
    return documents.computeIfAbsent(kind, _ -> new TreeMap<>());
  }
}
