package dev.hawser.it.differential;

import org.junit.jupiter.api.Test;

/** Two thousand requests, each answered by Envoy and by the sidecar in the same way. */
final class DifferentialIT {
  @Test
  void theSidecarDoesWhatEnvoyDoes() throws Exception {
    Differential.run("DifferentialIT", 20_260_101, 2_000, 4);
  }
}
