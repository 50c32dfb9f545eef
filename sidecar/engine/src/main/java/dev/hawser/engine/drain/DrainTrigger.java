package dev.hawser.engine.drain;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins the drain, once, for SIGTERM and for the admin's {@code POST /drain} alike. */
public final class DrainTrigger implements DrainWatch {
  private static final Logger LOG = LoggerFactory.getLogger(DrainTrigger.class);

  private final Duration deadline;
  private final Map<String, DrainTask> tasks = new LinkedHashMap<>();
  private final Map<String, CompletableFuture<?>> running = new LinkedHashMap<>();
  private volatile boolean draining;

  /**
   * Makes a trigger.
   *
   * @param deadline how long work may go on after the drain has begun
   */
  public DrainTrigger(Duration deadline) {
    this.deadline = deadline;
  }

  /** Returns how long work may go on after the drain has begun. */
  public Duration deadline() {
    return deadline;
  }

  @Override
  public boolean isDraining() {
    return draining;
  }

  @Override
  public synchronized void onDrain(String name, DrainTask task) {
    if (draining) {
      startTask(name, task);
    } else {
      tasks.put(name, task);
    }
  }

  /**
   * Begins the drain if it has not begun.
   *
   * @param reason for the log, e.g. {@code "SIGTERM"}
   * @return completes when every task has ended, also if one failed
   */
  public synchronized CompletableFuture<Void> begin(String reason) {
    if (!draining) {
      draining = true;
      LOG.info("Drain begins reason={} deadline={} parts={}", reason, deadline, tasks.keySet());
      tasks.forEach(this::startTask);
      tasks.clear();
    }
    return CompletableFuture.allOf(running.values().toArray(CompletableFuture[]::new));
  }

  private void startTask(String name, DrainTask task) {
    CompletableFuture<?> ended;
    try {
      ended = task.drain(deadline).toCompletableFuture();
    } catch (RuntimeException e) {
      ended = CompletableFuture.failedFuture(e);
    }
    running.put(
        name,
        ended.exceptionally(e -> {
          LOG.warn("A part of the process failed to drain part={}", name, e);
          return null;
        }));
  }
}
