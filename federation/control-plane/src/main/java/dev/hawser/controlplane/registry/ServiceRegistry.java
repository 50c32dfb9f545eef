package dev.hawser.controlplane.registry;

import dev.hawser.api.model.Provenance;

/**
 * One source of services. It reports whole states of what it owns and nothing about anything else.
 *
 * <p>A source that restarts, reconnects or loses its watch reports nothing until it has a full new
 * state; meanwhile it says what is wrong by {@link RegistryWatcher#onTrouble}. So the last good
 * state stands for as long as it takes.
 */
public interface ServiceRegistry extends AutoCloseable {
  /** Returns its name within the cluster: {@code kubernetes}, {@code consul/dc1}, {@code file}. */
  String source();

  /** Returns the kind of registry. */
  Provenance.Registry kind();

  /**
   * Begins to report. Returns at once, also while the source is away; reports come from a thread of
   * its own, one at a time, until {@link #close} returns.
   *
   * @throws IllegalStateException if it was started before
   */
  void start(RegistryWatcher watcher);

  /** Stops reporting and frees what it holds; a second call does nothing. */
  @Override
  void close();
}
