package dev.hawser.gateway.boot;

import static dev.hawser.gateway.boot.TestGateway.slot;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hawser.engine.testing.FakeControlPlane;
import dev.hawser.gateway.proxyprotocol.AddressBlock;
import dev.hawser.trust.testing.TestAuthority;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gateway behind a load balancer that speaks the PROXY protocol. */
class BalancerTest {
  private static final byte[] LINE =
      "PROXY TCP4 192.0.2.1 198.51.100.7 4711 15443\r\n".getBytes(US_ASCII);

  private static final byte[] BLOCK =
      HexFormat.of().parseHex("0d0a0d0a000d0a515549540a2111000cc0000201c633640712673c53");

  @TempDir private Path dir;

  private final TestAuthority authority = TestAuthority.create();
  private final RecordingBackend backend = new RecordingBackend("three");
  private @Nullable TestGateway started;

  private void start(AddressBlock... balancers) throws Exception {
    FakeControlPlane controlPlane =
        new FakeControlPlane(authority.controlPlane("west"), authority.bundles("west"));
    TestGateway west = TestGateway.behind(authority, "west", dir, controlPlane, balancers);
    started = west;
    west.export("orders.shop", 8080, slot(3, 7, backend.port())).publish();
    await().until(() -> west.gateway.isListening());
  }

  @AfterEach
  void stop() throws Exception {
    if (started != null) {
      started.close();
    }
    backend.close();
  }

  private TestGateway west() {
    return Objects.requireNonNull(started);
  }

  private byte[] hello() {
    return RawHello.of("s3." + west().sni("orders.shop", 8080));
  }

  private static byte[] both(byte[] first, byte[] second) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(first);
    out.writeBytes(second);
    return out.toByteArray();
  }

  private String ask(byte[] octets) throws Exception {
    try (Socket socket = west().connect()) {
      socket.getOutputStream().write(octets);
      return answer(socket);
    }
  }

  private static String answer(Socket socket) {
    try {
      return new String(socket.getInputStream().readNBytes(5), US_ASCII);
    } catch (IOException _) {
      return "";
    }
  }

  @Test
  void theHeaderIsTakenOffAndTheHelloArrivesUnchanged() throws Exception {
    start(AddressBlock.parse("127.0.0.0/8"), AddressBlock.parse("::1"));
    byte[] hello = hello();

    assertThat(ask(both(LINE, hello))).isEqualTo("three");
    assertThat(backend.bytes).hasValue(hello.length);
    assertThat(ask(both(BLOCK, hello))).isEqualTo("three");
  }

  @Test
  void aHeaderInSinglesIsReadToo() throws Exception {
    start(AddressBlock.parse("127.0.0.1"), AddressBlock.parse("::1"));
    try (Socket socket = west().connect()) {
      socket.setTcpNoDelay(true);
      for (byte octet : both(BLOCK, hello())) {
        socket.getOutputStream().write(octet);
      }
      assertThat(answer(socket)).isEqualTo("three");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "PROXY TCP4 nonsense\r\n", "PROXY ", "GET / HTTP/1.1\r\n"})
  void whoMustSendAHeaderAndDoesNotIsClosedWithoutAnAnswer(String header) throws Exception {
    start(AddressBlock.parse("127.0.0.1"), AddressBlock.parse("::1"));

    assertThat(ask(both(header.getBytes(US_ASCII), hello()))).isEmpty();
    assertThat(backend.connections).hasValue(0);
  }

  @Test
  void nobodyElsesHeaderIsBelieved() throws Exception {
    start(AddressBlock.parse("192.0.2.0/24"));

    assertThat(ask(both(LINE, hello()))).isEmpty();
    assertThat(ask(hello())).isEqualTo("three");
  }

  /** A source may have 30 connections and all together 40. */
  @Test
  void connectionsCountForTheSourceThatTheHeaderNames() throws Exception {
    start(AddressBlock.parse("127.0.0.1"), AddressBlock.parse("::1"));
    List<Socket> held = new ArrayList<>();
    try {
      for (int i = 0; i < 30; i++) {
        Socket socket = west().connect();
        held.add(socket);
        socket.getOutputStream().write(both(LINE, hello()));
        assertThat(answer(socket)).isEqualTo("three");
      }
      assertThat(ask(both(LINE, hello()))).isEmpty();
      byte[] other = "PROXY TCP4 192.0.2.2 198.51.100.7 1 2\r\n".getBytes(US_ASCII);
      assertThat(ask(both(other, hello()))).isEqualTo("three");
    } finally {
      for (Socket socket : held) {
        socket.close();
      }
    }
    await().untilAsserted(() -> assertThat(ask(both(LINE, hello()))).isEqualTo("three"));
  }
}
