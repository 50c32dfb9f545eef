package dev.hawser.controlplane.registry;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of a source: it builds and reports states, a short while after the first of many
 * changes, so that a burst becomes one report and no change waits longer than that while.
 */
public final class Reporter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reporter.class);

  private final ScheduledThreadPoolExecutor executor;
  private final Duration gather;
  private final Runnable report;
  private @Nullable ScheduledFuture<?> pending;

  /**
   * @param name of the thread
   * @param gather how long changes are gathered before they are reported
   * @param report builds and reports a state; what it throws is logged, and the next change tries
   *     again
   */
  public Reporter(String name, Duration gather, Runnable report) {
    this.gather = gather;
    this.report = report;
    this.executor =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name(name).factory());
    this.executor.setRemoveOnCancelPolicy(true);
    this.executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    this.executor.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
  }

  /** Asks for a report; from any thread. */
  public synchronized void changed() {
    if (pending == null && !executor.isShutdown()) {
      pending = executor.schedule(this::runReport, gather.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Runs a task again and again on the source's thread. */
  public void every(Duration period, Runnable task) {
    var _ =
        executor.scheduleWithFixedDelay(
            () -> guarded(task), period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Runs a task once on the source's thread, as soon as it is free. */
  public void run(Runnable task) {
    if (!executor.isShutdown()) {
      executor.execute(() -> guarded(task));
    }
  }

  /** Stops; a report that runs is awaited for at most 5 s. */
  @Override
  public void close() {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(5, TimeUnit.SECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException _) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private void runReport() {
    synchronized (this) {
      pending = null;
    }
    guarded(report);
  }

  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException failed) {
      LOG.error("Registry task failed thread={}", Thread.currentThread().getName(), failed);
    }
  }
}
