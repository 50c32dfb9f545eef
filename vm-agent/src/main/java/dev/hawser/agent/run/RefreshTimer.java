package dev.hawser.agent.run;

import dev.hawser.host.identity.IdentityClient;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Asks for a new certificate and new bundles at intervals. */
final class RefreshTimer implements AutoCloseable {
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("hawser-refresh").daemon().factory());

  private RefreshTimer() {}

  static RefreshTimer start(IdentityClient identity, Duration interval) {
    RefreshTimer refresh = new RefreshTimer();
    var _ =
        refresh.timer.scheduleAtFixedRate(
            identity::renewSoon, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    return refresh;
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
