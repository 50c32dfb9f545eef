package dev.hawser.engine.drain;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * The order in which listeners end without refusing anybody: those who do not know of it yet are
 * still served for a moment, then handshakes that have begun end, and only then the sockets close.
 */
public final class CalmEnd {
  /** While those who do not know yet that it ends still come, they are served. */
  private static final Duration NOTICE = Duration.ofSeconds(1);

  /** Handshakes that have begun end within it, and are accepted. */
  private static final Duration LAST_CALL = Duration.ofMillis(200);

  private CalmEnd() {}

  /**
   * Begins it.
   *
   * @param idle whether nobody is connected, so that nobody needs the moment
   * @param lastCall takes no new handshakes
   * @param stop closes the sockets
   * @return completes when they are closed
   */
  public static CompletableFuture<Void> begin(boolean idle, Runnable lastCall, Runnable stop) {
    return CompletableFuture.runAsync(lastCall, after(idle ? Duration.ZERO : NOTICE))
        .thenRunAsync(stop, after(LAST_CALL));
  }

  private static Executor after(Duration time) {
    return CompletableFuture.delayedExecutor(time.toNanos(), TimeUnit.NANOSECONDS);
  }
}
