package dev.hawser.proxy.context;

/** A connection that was taken. Everything is called on its event loop. */
public interface Live {
  /** Ends calmly: what has begun is completed, nothing new is begun. */
  void drain();

  /** Ends at once. */
  void cut();

  /** Whether others have opened it, and not the own workload. */
  default boolean isInbound() {
    return false;
  }

  /** Whether something is at work on it. */
  boolean isBusy();

  /**
   * The own certificate is another: what was made with the one before ends calmly if it can, so
   * that its end under way is not felt when the peer trusts it no more.
   */
  default void renew() {}

  /** The configuration has changed: goes on only if it would be taken again. */
  void reconsider();
}
