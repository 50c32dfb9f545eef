package dev.hawser.it.operation;

import dev.hawser.it.harness.LoopbackMesh;
import org.junit.jupiter.api.Test;

/** A request of 10 GiB that is held back, by proxies as they ship. */
class LargeUploadConformance {
  @Test
  void theCallerIsHeldBackAndMemoryStaysFlat() throws Exception {
    try (LoopbackMesh mesh = LoopbackMesh.asShipped("larger-upload", "http")) {
      LargeUpload.through(mesh, 10L << 30);
    }
  }
}
