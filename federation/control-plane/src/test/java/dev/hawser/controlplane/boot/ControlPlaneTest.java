package dev.hawser.controlplane.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.controlplane.state.StateUnavailableException;
import dev.hawser.controlplane.transport.HostPort;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ControlPlaneTest {
  @TempDir Path folder;
  private Path files;
  private Path data;

  @BeforeEach
  void folders() throws IOException {
    files = Files.createDirectory(folder.resolve("files"));
    data = Files.createDirectory(folder.resolve("data"));
    Files.writeString(files.resolve("orders.yaml"), TestPlane.ORDERS);
  }

  private ControlPlane start() throws IOException {
    return ControlPlane.start(
        TestPlane.settings(data, files), InstantSource.system(), "0", new SimpleMeterRegistry());
  }

  @Test
  void aRestartWhileTheRegistryIsAwayServesWhatWasServedBefore() throws IOException {
    try (ControlPlane first = start()) {
      Awaitility.await().untilAsserted(() -> assertThat(first.serviceCount()).isEqualTo(1));
    }
    Files.delete(files.resolve("orders.yaml"));
    Files.delete(files);

    try (ControlPlane second = start()) {
      Awaitility.await().until(second::isReady);
      assertThat(second.serviceCount()).isEqualTo(1);
    }
  }

  @Test
  void aSecondControlPlaneOnTheSameStateIsRefusedAndTheFirstIsUnharmed() throws IOException {
    try (ControlPlane first = start()) {
      assertThatThrownBy(this::start)
          .isInstanceOf(StateUnavailableException.class)
          .hasMessageContaining("in use by process");
      Awaitility.await().until(first::isReady);
    }
    start().close();
  }

  @Test
  void aStartThatFailsHalfWayLetsGoOfEverything() throws IOException {
    Settings settings = TestPlane.settings(data, files);
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Settings onTakenPort =
          new Settings(
              settings.cluster(),
              settings.site(),
              settings.dataDirectory(),
              new HostPort("127.0.0.1", taken.getLocalPort()),
              settings.advertised(),
              settings.consulNamespace(),
              settings.files(),
              settings.consul(),
              settings.kubernetes(),
              settings.kubernetesRegistry(),
              settings.kubernetesState(),
              settings.stateNamespace());
      assertThatThrownBy(() ->
              ControlPlane.start(
                  onTakenPort, InstantSource.system(), "0", new SimpleMeterRegistry()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
    }
    start().close();
  }
}
