package dev.hawser.it.operation;

import dev.hawser.it.harness.LoopbackMesh;
import org.junit.jupiter.api.Test;

/** A request of 256 MiB that is held back. */
class LargeUploadIT {
  @Test
  void theCallerIsHeldBackAndMemoryStaysFlat() throws Exception {
    try (LoopbackMesh mesh = LoopbackMesh.oneCluster("large-upload", "http")) {
      LargeUpload.through(mesh, 256L << 20);
    }
  }
}
