package dev.hawser.it.conformance;

import dev.hawser.it.harness.LoopbackMesh;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** All of h2spec, over sidecar and sidecar, and with a gateway between them. */
class H2SpecConformance {
  @Test
  void everyCasePassesThroughTheSidecars() throws IOException {
    try (LoopbackMesh mesh = LoopbackMesh.oneCluster("h2spec", "http")) {
      run(mesh, "sidecar");
    }
  }

  @Test
  void everyCasePassesThroughSidecarGatewaySidecar() throws IOException {
    try (LoopbackMesh mesh = LoopbackMesh.twoClusters("h2spec-gateway", "http")) {
      run(mesh, "sidecar-gateway-sidecar");
    }
  }

  private static void run(LoopbackMesh mesh, String path) throws IOException {
    try (PlainApplication _ = PlainApplication.start(mesh.application(), H2Spec.ANSWER_TIME)) {
      mesh.awaitServed();
      H2Spec.allPass(mesh, path, 145, false);
      H2Spec.allPass(mesh, path, 146, true);
    }
  }
}
