package dev.hawser.controlplane.boot;

import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The control plane that runs in this process, if one does. */
@Singleton
public final class RunningPlane {
  private final AtomicReference<@Nullable ControlPlane> plane = new AtomicReference<>();

  void started(ControlPlane started) {
    plane.set(started);
  }

  void stopped() {
    plane.set(null);
  }

  Optional<ControlPlane> get() {
    return Optional.ofNullable(plane.get());
  }
}
