package dev.hawser.proxy.exchange;

import org.jspecify.annotations.Nullable;

/** A filter wants to see some of a request's body before it decides. Lives on one event loop. */
final class BodyWish {
  private int bytes;
  private @Nullable Runnable then;

  /** Wishes for so many bytes, or for the end. */
  void make(int wanted, Runnable task) {
    bytes = wanted;
    then = task;
  }

  /** Whether more is to come before the filter goes on; runs it if not. */
  boolean isOpen(int size, boolean ended) {
    Runnable task = then;
    if (task == null) {
      return false;
    }
    if (size < bytes && !ended) {
      return true;
    }
    then = null;
    task.run();
    return false;
  }

  /** Nobody waits any more. */
  void drop() {
    then = null;
  }
}
