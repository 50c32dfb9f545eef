package dev.hawser.it.conformance;

import dev.hawser.it.harness.LoopbackMesh;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The sections of h2spec about streams and messages, in which HTTP/2 servers mostly differ. */
class H2SpecIT {
  @Test
  void streamsAndMessagesAreHeldToTheSpecification() throws IOException {
    try (LoopbackMesh mesh = LoopbackMesh.oneCluster("h2spec-short", "http");
        PlainApplication _ = PlainApplication.start(mesh.application(), H2Spec.ANSWER_TIME)) {
      mesh.awaitServed();
      H2Spec.allPass(mesh, "sidecar http2/5", 22, true, "http2/5");
      H2Spec.allPass(mesh, "sidecar http2/8", 18, true, "http2/8");
    }
  }
}
