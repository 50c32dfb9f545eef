package dev.hawser.controlplane.snapshot;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The current snapshot: one reference that readers take once. Nothing is served before the first
 * snapshot, so a control plane that has just started cannot take away what its proxies have.
 */
public final class SnapshotHolder {
  private final List<Consumer<MeshSnapshot>> listeners = new CopyOnWriteArrayList<>();
  private volatile @Nullable MeshSnapshot current;

  /** Returns the current snapshot, or empty before the first one. */
  public Optional<MeshSnapshot> current() {
    return Optional.ofNullable(current);
  }

  /**
   * Makes a snapshot the current one. Listeners hear of it, on this thread, if its digest is
   * another; with the same digest only what is outside the digest (ages) is replaced.
   */
  public synchronized void publish(MeshSnapshot next) {
    MeshSnapshot before = current;
    current = next;
    if (before == null || !before.digest().equals(next.digest())) {
      listeners.forEach(listener -> listener.accept(next));
    }
  }

  /**
   * Adds a listener.
   *
   * @param listener called on the publishing thread; returns quickly
   * @return removes it again
   */
  public Runnable onChange(Consumer<MeshSnapshot> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }
}
