package dev.hawser.controlplane.restart;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Runs a write soon after it is asked for, once for all that ask meanwhile. */
public final class LaterWriter implements AutoCloseable {
  private final ScheduledExecutorService thread;
  private final Duration pause;
  private final Runnable write;
  private final AtomicBoolean asked = new AtomicBoolean();

  /**
   * @param pause between being asked and writing
   * @param write runs on one thread, and once more at the end on the closing one
   */
  public LaterWriter(String name, Duration pause, Runnable write) {
    this.pause = pause;
    this.write = write;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name(name).factory());
  }

  /** Asks for a write; returns at once. */
  public void wake() {
    if (asked.compareAndSet(false, true) && !thread.isShutdown()) {
      var _ = thread.schedule(this::run, pause.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void run() {
    asked.set(false);
    write.run();
  }

  /** Runs the write once more, so that nothing that was asked for is lost, and stops. */
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      thread.awaitTermination(2, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    write.run();
  }
}
