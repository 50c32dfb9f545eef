package dev.hawser.engine.drain;

/** Sees whether the process is on its way out. Safe for use by any thread. */
public interface DrainWatch {
  /** Whether the drain has begun; it never ends again but with the process. */
  boolean isDraining();

  /**
   * Takes part in the drain.
   *
   * @param name for logs
   * @param task started once when the drain begins, or at once if it has begun
   */
  void onDrain(String name, DrainTask task);
}
