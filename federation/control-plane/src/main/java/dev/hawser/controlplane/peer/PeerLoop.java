package dev.hawser.controlplane.peer;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that changes what is known about members and links. */
final class PeerLoop implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PeerLoop.class);
  private static final Duration ANSWER = Duration.ofSeconds(10);

  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().name("hawser-peers").daemon().unstarted(task));

  /** Runs a task after those before it; does nothing once the loop is closed. */
  void execute(Runnable task) {
    try {
      executor.execute(() -> guarded(task));
    } catch (RejectedExecutionException _) {
      log.debug("task dropped because the peer loop is closed");
    }
  }

  void every(Duration period, Runnable task) {
    var _ =
        executor.scheduleWithFixedDelay(
            () -> guarded(task), period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
  }

  void after(Duration delay, Runnable task) {
    try {
      var _ = executor.schedule(() -> guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException _) {
      log.debug("task dropped because the peer loop is closed");
    }
  }

  /**
   * Runs a question on the loop and waits for its answer, at most ten seconds.
   *
   * @throws IllegalStateException if there is none
   */
  <T> T ask(Supplier<T> question) {
    try {
      return executor.submit(question::get).get(ANSWER.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("peer loop failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking the peer loop", e);
    } catch (TimeoutException e) {
      throw new IllegalStateException("peer loop did not answer within 10 s", e);
    } catch (RejectedExecutionException e) {
      throw new IllegalStateException("the control plane is stopping", e);
    }
  }

  /** A failed task must not end the periodic ones. */
  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      log.error("peer task failed", e);
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
