package dev.hawser.it.conformance;

import com.sun.net.httpserver.HttpServer;
import dev.hawser.it.harness.LoopbackMesh;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The sections of h2spec about streams and messages, in which HTTP/2 servers mostly differ. */
class H2SpecIT {
  @Test
  void streamsAndMessagesAreHeldToTheSpecification() throws IOException {
    try (LoopbackMesh mesh = LoopbackMesh.oneCluster("h2spec-short", "http")) {
      HttpServer application = H2Spec.application(mesh.application());
      try {
        mesh.awaitServed();
        H2Spec.allPass(mesh, "sidecar http2/5", 22, true, "http2/5");
        H2Spec.allPass(mesh, "sidecar http2/8", 18, true, "http2/8");
      } finally {
        application.stop(0);
      }
    }
  }
}
