package dev.hawser.proxy.context;

/** A connection that was taken. Everything is called on its event loop. */
public interface Live {
  /** Ends calmly: what has begun is completed, nothing new is begun. */
  void drain();

  /** Ends at once. */
  void cut();

  /** Whether something is at work on it. */
  boolean isBusy();

  /** The configuration has changed: goes on only if it would be taken again. */
  void reconsider();
}
