package dev.hawser.controlplane.boot;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that recomputes the mesh: at once on the first change, once more for all changes
 * that came while it was busy. Changes that come before it begins are kept for then.
 */
final class MeshLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MeshLoop.class);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("hawser-mesh").factory());
  private final AtomicBoolean pending = new AtomicBoolean();
  private volatile @Nullable Runnable recompute;

  /** Begins with a first computation. */
  void begin(Runnable recompute) {
    this.recompute = recompute;
    pending.set(false);
    changed();
  }

  /** Says that an input changed; returns at once. */
  void changed() {
    if (recompute != null && pending.compareAndSet(false, true) && !thread.isShutdown()) {
      thread.execute(this::run);
    }
  }

  /** Recomputes after a while, for what changes by time alone. */
  void changedIn(Duration delay) {
    if (!thread.isShutdown()) {
      var _ = thread.schedule(this::changed, Math.max(1, delay.toMillis()), TimeUnit.MILLISECONDS);
    }
  }

  /** Runs a small task again and again on the same thread. */
  void every(Duration period, Runnable task) {
    long millis = period.toMillis();
    var _ =
        thread.scheduleWithFixedDelay(() -> guarded(task), millis, millis, TimeUnit.MILLISECONDS);
  }

  private void run() {
    pending.set(false);
    @Nullable Runnable work = recompute;
    if (work != null && !guarded(work)) {
      changedIn(RETRY);
    }
  }

  /** One failure must not end the loop: what is served stays, and the next try may succeed. */
  private static boolean guarded(Runnable task) {
    try {
      task.run();
      return true;
    } catch (RuntimeException e) {
      LOG.error("The mesh could not be recomputed; what is served stays as it is.", e);
      return false;
    }
  }

  /** Lets what runs finish and stops. */
  @Override
  public void close() {
    recompute = null;
    thread.shutdownNow();
    try {
      thread.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
