package dev.hawser.controlplane.boot;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready while proxies can be served: it looks at this process alone, never at other clusters. */
@Readiness
@Singleton
public final class ServingCheck implements HealthCheck {
  private final RunningPlane running;

  @Inject
  ServingCheck(RunningPlane running) {
    this.running = running;
  }

  @Override
  public HealthCheckResponse call() {
    boolean ready = running.get().filter(ControlPlane::isReady).isPresent();
    return HealthCheckResponse.named("serving").status(ready).build();
  }
}
