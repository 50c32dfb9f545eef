package dev.hawser.gateway.boot;

import static dev.hawser.gateway.boot.TestGateway.slot;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hawser.engine.testing.FakeControlPlane;
import dev.hawser.trust.testing.TestAuthority;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayTest {
  @TempDir private Path dir;

  private final TestAuthority authority = TestAuthority.create();
  private final RecordingBackend zero = new RecordingBackend("zero");
  private final RecordingBackend three = new RecordingBackend("three");
  private final RecordingBackend secret = new RecordingBackend("secret");
  private TestGateway west;

  @BeforeEach
  void start() throws Exception {
    FakeControlPlane controlPlane =
        new FakeControlPlane(authority.controlPlane("west"), authority.bundles("west"));
    west = TestGateway.start(authority, "west", dir, controlPlane);
    west.export("orders.shop", 8080, slot(0, 1, zero.port()), slot(3, 7, three.port()))
        .controlPlaneAt(three.port())
        .publish();
    await().until(() -> west.gateway.isListening());
  }

  @AfterEach
  void stop() throws Exception {
    west.close();
    zero.close();
    three.close();
    secret.close();
  }

  /** Says hello for a name and returns all that comes back until {@code length} or the end. */
  private String ask(byte[] hello, int length) throws Exception {
    try (Socket socket = west.connect()) {
      socket.getOutputStream().write(hello);
      return new String(socket.getInputStream().readNBytes(length), US_ASCII);
    }
  }

  private String slotSni(int number) {
    return "s" + number + "." + west.sni("orders.shop", 8080);
  }

  @Test
  void aSlotLeadsToItsEndpointAndTheHelloArrivesUnchanged() throws Exception {
    byte[] hello = RawHello.of(slotSni(3));
    assertThat(ask(hello, 5)).isEqualTo("three");
    assertThat(three.bytes).hasValue(hello.length);
    assertThat(zero.connections).hasValue(0);
    assertThat(ask(RawHello.of(slotSni(0)), 4)).isEqualTo("zero");
    assertThat(ask(RawHello.of(slotSni(0).toUpperCase(Locale.ROOT)), 4)).isEqualTo("zero");
  }

  @Test
  void aHelloInSinglesAndOneCutIntoRecordsAreRoutedAlike() throws Exception {
    byte[] hello = RawHello.of(slotSni(3));
    try (Socket socket = west.connect()) {
      socket.setTcpNoDelay(true);
      for (byte octet : hello) {
        socket.getOutputStream().write(octet);
      }
      assertThat(new String(socket.getInputStream().readNBytes(5), US_ASCII)).isEqualTo("three");
    }
    // The handshake header itself spans two records (CVE-2026-75595).
    byte[] cut = new byte[hello.length + 5];
    System.arraycopy(hello, 0, cut, 0, 5);
    cut[3] = 0;
    cut[4] = 2;
    System.arraycopy(hello, 5, cut, 5, 2);
    int rest = hello.length - 7;
    cut[7] = 22;
    cut[8] = 3;
    cut[9] = 1;
    cut[10] = (byte) (rest >> 8);
    cut[11] = (byte) rest;
    System.arraycopy(hello, 7, cut, 12, rest);
    assertThat(ask(cut, 5)).isEqualTo("three");
  }

  @Test
  void theServiceLevelNameLeadsToTheLeastLoaded() throws Exception {
    List<Socket> held = new ArrayList<>();
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Socket socket = west.connect();
      held.add(socket);
      socket.getOutputStream().write(RawHello.of(west.sni("orders.shop", 8080)));
      answers.add(new String(socket.getInputStream().readNBytes(4), US_ASCII));
    }
    assertThat(answers).filteredOn("zero"::equals).hasSize(3);
    for (Socket socket : held) {
      socket.close();
    }
  }

  @Test
  void theControlPlaneIsReachedThroughTheSamePort() throws Exception {
    assertThat(ask(RawHello.of("control-plane.west.mesh.internal"), 5)).isEqualTo("three");
    assertThat(ask(RawHello.of("r0123456789abcdef.control-plane.west.mesh.internal"), 5))
        .isEqualTo("three");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "p8080.billing.shop.west.mesh.internal",
        "p8081.orders.shop.west.mesh.internal",
        "s1.p8080.orders.shop.west.mesh.internal",
        "s03.p8080.orders.shop.west.mesh.internal",
        "p8080.orders.kube-system.west.mesh.internal",
        "p8080.orders.shop.east.mesh.internal",
        "orders.shop.svc.cluster.local",
        "west.mesh.internal",
        "control-plane.east.mesh.internal",
        "gateway.east.mesh.internal",
        "tunnel.west.mesh.internal",
        "p8080.orders.shop.west.mesh.internal.",
        "p8080.orders.shop.west.mesh.interna\0",
        "p8080.orders..shop.west.mesh.internal",
        "*.orders.shop.west.mesh.internal",
        "127.0.0.1",
        "localhost"
      })
  void whatIsNotExportedByThatVeryNameIsClosedWithoutAByteToAnybody(String name) throws Exception {
    assertThat(ask(RawHello.of(name), 1)).isEmpty();
    assertNothingReachedAnybody();
  }

  private void assertNothingReachedAnybody() {
    assertThat(List.of(zero.connections.get(), three.connections.get(), secret.connections.get()))
        .containsOnly(0);
  }

  @Test
  void whatIsNoHelloIsClosedWithoutAByteToAnybody() throws Exception {
    assertThat(ask(RawHello.withoutName(), 1)).isEmpty();
    assertThat(ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(US_ASCII), 1)).isEmpty();
    assertThat(ask(new byte[] {22, 3, 1, 0, 5, 2, 0, 0, 1, 0}, 1)).isEmpty();
    assertThat(ask(new byte[] {22, 3, 1, 0x7f, 0}, 1)).isEmpty();
    assertNothingReachedAnybody();
  }

  @Test
  void whoDoesNotFinishItsHelloIsClosedInTime() throws Exception {
    byte[] hello = RawHello.of(slotSni(0));
    long began = System.nanoTime();
    try (Socket socket = west.connect()) {
      socket.getOutputStream().write(hello, 0, hello.length - 1);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
    assertNothingReachedAnybody();
  }

  @Test
  void aSlotThatRefusesIsClosedAtOnceAndTheServiceNameGoesElsewhere() throws Exception {
    int dead = secret.port();
    secret.close();
    west.export("orders.shop", 8080, slot(0, 1, dead), slot(3, 7, three.port())).publish();
    await().until(() -> clusters().contains(":" + dead + "::slot::0"));
    long began = System.nanoTime();
    assertThat(ask(RawHello.of(slotSni(0)), 1)).isEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(1));
    for (int i = 0; i < 4; i++) {
      assertThat(ask(RawHello.of(west.sni("orders.shop", 8080)), 5)).isEqualTo("three");
    }
  }

  @Test
  void anUnhealthyEndpointIsReachedByItsSlotOnly() throws Exception {
    west.export(
            "orders.shop",
            8080,
            slot(0, 1, zero.port(), HealthStatus.UNHEALTHY),
            slot(3, 7, three.port()))
        .publish();
    await().until(() -> clusters().contains("failed_eds_health"));
    assertThat(ask(RawHello.of(west.sni("orders.shop", 8080)), 5)).isEqualTo("three");
    assertThat(ask(RawHello.of(west.sni("orders.shop", 8080)), 5)).isEqualTo("three");
    assertThat(ask(RawHello.of(slotSni(0)), 4)).isEqualTo("zero");
  }

  @Test
  void aSlotGivenToAnotherWorkloadCutsItsOldConnectionsAndNoOthers() throws Exception {
    try (Socket old = west.connect();
        Socket other = west.connect()) {
      old.getOutputStream().write(RawHello.of(slotSni(0)));
      assertThat(old.getInputStream().readNBytes(4)).isEqualTo("zero".getBytes(US_ASCII));
      other.getOutputStream().write(RawHello.of(slotSni(3)));
      other.getInputStream().readNBytes(5);
      west.export("orders.shop", 8080, slot(0, 2, zero.port()), slot(3, 7, three.port())).publish();
      assertThatThrownBy(() -> old.getInputStream().read()).hasMessageContaining("reset");
      other.getOutputStream().write('x');
      assertThat(other.getInputStream().read()).isEqualTo('x');
      assertThat(ask(RawHello.of(slotSni(0)), 4)).isEqualTo("zero");
    }
  }

  @Test
  void aWithdrawnExportIsClosedToNewConnectionsAtOnceAndToOldOnesAfterAWhile() throws Exception {
    try (Socket old = west.connect()) {
      old.getOutputStream().write(RawHello.of(slotSni(0)));
      old.getInputStream().readNBytes(4);
      west.withdraw("orders.shop", 8080).publish();
      await().until(() -> !clusters().contains("orders.shop"));
      old.getOutputStream().write('x');
      assertThat(old.getInputStream().read()).isEqualTo('x');
      assertThat(ask(RawHello.of(slotSni(0)), 1)).isEmpty();
      assertThatThrownBy(() -> old.getInputStream().read()).hasMessageContaining("reset");
    }
  }

  @Test
  void oneSourceCannotTakeAllPlaces() throws Exception {
    List<Socket> held = new ArrayList<>();
    for (int i = 0; i < TestGateway.LIMITS.perSource(); i++) {
      Socket socket = west.connect();
      socket.getOutputStream().write(RawHello.of(slotSni(0)));
      socket.getInputStream().readNBytes(4);
      held.add(socket);
    }
    try (Socket refused = west.connect()) {
      assertThat(endOf(refused)).isTrue();
    }
    held.removeLast().close();
    await().untilAsserted(() -> assertThat(ask(RawHello.of(slotSni(0)), 4)).isEqualTo("zero"));
    for (Socket socket : held) {
      socket.close();
    }
  }

  private static boolean endOf(Socket socket) {
    try {
      return socket.getInputStream().read() < 0;
    } catch (IOException _) {
      return true;
    }
  }

  @Test
  void bytesAndOutcomesAreCounted() throws Exception {
    byte[] hello = RawHello.of(slotSni(0));
    ask(hello, 4);
    ask(RawHello.of("p1.a.b.west.mesh.internal"), 1);
    String name = west.sni("orders.shop", 8080);
    await()
        .untilAsserted(() ->
            assertThat(west.admin("GET", "/stats/prometheus").body())
                .contains(
                    "hawser_gateway_received_bytes_total{name=\"" + name + "\"} " + hello.length)
                .contains("hawser_gateway_sent_bytes_total{name=\"" + name + "\"} 4")
                .contains("{name=\"" + name + "\",outcome=\"complete\"} 1")
                .contains("{name=\"\",outcome=\"not-exported\"} 1"));
  }

  private String clusters() throws Exception {
    return west.admin("GET", "/clusters").body();
  }

  @Test
  void aDrainTakesNothingNewLetsConnectionsFinishAndCutsTheRest() throws Exception {
    assertThat(west.admin("GET", "/ready").statusCode()).isEqualTo(200);
    try (Socket finishes = west.connect();
        Socket stays = west.connect()) {
      for (Socket socket : List.of(finishes, stays)) {
        socket.getOutputStream().write(RawHello.of(slotSni(0)));
        socket.getInputStream().readNBytes(4);
      }
      CompletableFuture<Void> drained = west.gateway.drainTrigger().begin("test");
      west.awaitNothingNew();
      assertThat(west.admin("GET", "/ready").statusCode()).isEqualTo(503);
      finishes.getOutputStream().write('x');
      assertThat(finishes.getInputStream().read()).isEqualTo('x');
      finishes.shutdownInput();
      finishes.shutdownOutput();
      assertThat(drained).isNotDone();
      assertThatThrownBy(() -> stays.getInputStream().read()).hasMessageContaining("reset");
      drained.get(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void aRestartWithoutControlPlaneServesFromDisk() throws Exception {
    await().until(() -> Files.exists(dir.resolve("xds/ClusterLoadAssignment.pb")));
    west.close();
    west = TestGateway.start("west", dir, west.controlPlane);
    await().until(() -> west.gateway.isListening());
    assertThat(ask(RawHello.of(slotSni(3)), 5)).isEqualTo("three");
    assertThat(ask(RawHello.of("p8080.billing.shop.west.mesh.internal"), 1)).isEmpty();
  }

  @Test
  void whoeverIsConnectedWhenADrainBeginsIsStillServed() throws Exception {
    CompletableFuture<Void> drained;
    try (Socket early = west.connect()) {
      await().until(() -> west.admin("GET", "/ready").statusCode() == 200);
      drained = west.gateway.drainTrigger().begin("test");
      await().until(() -> west.admin("GET", "/ready").statusCode() == 503);
      west.awaitNothingNew();
      assertThat(drained).isNotDone();
      early.getOutputStream().write(RawHello.of(slotSni(0)));
      assertThat(early.getInputStream().readNBytes(4)).isEqualTo("zero".getBytes(US_ASCII));
    }
    drained.get(5, TimeUnit.SECONDS);
  }
}
