package dev.hawser.proxy.worker;

import io.netty.channel.EventLoop;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * One event loop and what only it may touch. Everything on the path of a request lives on one
 * worker, so none of it is locked.
 */
public final class Worker {
  private final int index;
  private final EventLoop loop;
  private final TimerWheel timers;
  private final SplittableRandom random = new SplittableRandom();
  private final DateClock date = new DateClock(InstantSource.system());

  /**
   * Wraps a loop.
   *
   * @param index 0 for the first worker
   */
  public Worker(int index, EventLoop loop) {
    this.index = index;
    this.loop = loop;
    this.timers =
        new TimerWheel(
            (nanos, task) -> {
              // A loop that shuts down takes no more tasks, and its connections are closing anyway.
              if (!loop.isShuttingDown()) {
                var _ = loop.schedule(task, nanos, TimeUnit.NANOSECONDS);
              }
            },
            System::nanoTime);
  }

  /** Returns the worker's place among all. */
  public int index() {
    return index;
  }

  public EventLoop loop() {
    return loop;
  }

  public TimerWheel timers() {
    return timers;
  }

  public SplittableRandom random() {
    return random;
  }

  /** Returns the clock for responses. */
  public DateClock date() {
    return date;
  }
}
