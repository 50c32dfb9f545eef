package dev.hawser.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Story 6: a VM's agent is killed without warning and started again. */
@ExtendWith(WithTwoClusters.class)
final class VmStory {
  @Test
  void aKilledAgentLeavesEveryPoolAndServesAgainWithoutANewToken(TwoClusters mesh)
      throws IOException {
    try (Vm vm = Vm.join(mesh, "vm-1", 50, "billing")) {
      String billing = mesh.seenByWeb("billing");
      Instant started = Instant.now();
      Calls.await(billing + "via/orders", "\"service\":\"orders\"", Duration.ofSeconds(60));
      Report.line(
          "6 VM: web called billing, which called orders, %s after the agent started",
          Report.seconds(Duration.between(started, Instant.now())));
      assertThat(mesh.east.hawser("endpoints", "billing.shop")).contains("vm");
      assertThat(keysReadableByOthers(vm)).isEmpty();

      Instant killed = Instant.now();
      vm.agent().kill();
      Awaitility.await("the VM is out of every pool")
          .atMost(Duration.ofSeconds(10))
          .pollInterval(Duration.ofMillis(200))
          .until(() -> !inPool(mesh));
      Duration gone = Duration.between(killed, Instant.now());

      Instant again = Instant.now();
      vm.agent().restart();
      Calls.await(billing, "\"instance\":\"vm-1\"", Duration.ofSeconds(30));
      Report.line(
          "6 VM agent killed: out of every pool after %s; serving %s after it was started again",
          Report.seconds(gone), Report.seconds(Duration.between(again, Instant.now())));
      assertThat(vm.status(mesh).exit()).isZero();
    }
  }

  /** Whether web's proxy still has an endpoint of billing to send to. */
  private static boolean inPool(TwoClusters mesh) {
    return mesh.web.admin().get("/upstreams").body().contains(mesh.eastSite.address(50) + ":15006");
  }

  private static List<String> keysReadableByOthers(Vm vm) throws IOException {
    try (Stream<java.nio.file.Path> files = Files.walk(vm.dataDir())) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> open(file))
          .map(java.nio.file.Path::toString)
          .toList();
    }
  }

  private static boolean open(java.nio.file.Path file) {
    try {
      return !PosixFilePermissions.toString(Files.getPosixFilePermissions(file))
          .equals("rw-------");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
