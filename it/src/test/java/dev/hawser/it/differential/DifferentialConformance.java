package dev.hawser.it.differential;

import org.junit.jupiter.api.Test;

/** Twenty thousand requests, each answered by Envoy and by the sidecar in the same way. */
final class DifferentialConformance {
  @Test
  void theSidecarDoesWhatEnvoyDoes() throws Exception {
    Differential.run("DifferentialConformance", 7, 20_000, 12);
  }
}
