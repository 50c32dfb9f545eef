package dev.hawser.proxy.worker;

import org.jspecify.annotations.Nullable;

/**
 * Something that happens later unless it is cancelled; armed by a {@link TimerWheel} and reused for
 * as long as its owner lives, so that arming allocates nothing.
 */
public final class Timer {
  final Runnable task;
  @Nullable Timer previous;
  @Nullable Timer next;
  long due;

  /** Makes a timer that is not armed. */
  public Timer(Runnable task) {
    this.task = task;
  }

  /** Whether it will fire. */
  public boolean isArmed() {
    return next != null;
  }
}
