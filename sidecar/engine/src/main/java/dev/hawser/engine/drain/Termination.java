package dev.hawser.engine.drain;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happens on SIGTERM and SIGINT: drain, wait, close, in this order. */
public final class Termination {
  private static final Logger LOG = LoggerFactory.getLogger(Termination.class);

  /** Tasks cut off at the deadline get this long to say so. */
  private static final Duration SLACK = Duration.ofSeconds(1);

  private Termination() {}

  /**
   * Hooks the end of the process.
   *
   * @param closers closed one after the other when the drain is over, first to last
   */
  public static void install(DrainTrigger trigger, List<? extends AutoCloseable> closers) {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> run(trigger, closers), "hawser-termination"));
  }

  static void run(DrainTrigger trigger, List<? extends AutoCloseable> closers) {
    Duration patience = trigger.deadline().plus(SLACK);
    try {
      trigger.begin("SIGTERM").get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      LOG.warn("Drain did not end in time deadline={}", trigger.deadline());
    } catch (ExecutionException e) {
      LOG.warn("Drain failed", e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    for (AutoCloseable closer : closers) {
      try {
        closer.close();
      } catch (Exception e) {
        LOG.warn("Closing failed part={}", closer.getClass().getSimpleName(), e);
      }
    }
  }
}
