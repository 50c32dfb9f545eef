package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.trust.testing.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpPathTest {
  private final TestAuthority authority = TestAuthority.create();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private TestProxy callee;
  private EndpointConfig endpoint;

  @BeforeEach
  void start() throws IOException {
    ServerSocket server = keep(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    Thread.ofVirtual().start(() -> serve(server));
    callee = keep(new TestProxy(authority, "east", "ledger"));
    endpoint =
        callee.serve(
            "ledger",
            UpstreamConfig.Protocol.TCP,
            server.getLocalPort(),
            Configs.callersOf("east.mesh.internal"));
  }

  /** Answers with everything it got, but only after the end of it. */
  private void serve(ServerSocket server) {
    try {
      while (true) {
        Socket socket = server.accept();
        connections.incrementAndGet();
        Thread.ofVirtual()
            .start(() -> {
              try (socket) {
                byte[] all = socket.getInputStream().readAllBytes();
                socket.getOutputStream().write(all);
              } catch (IOException _) {
                // the caller broke off
              }
            });
      }
    } catch (IOException e) {
      assert server.isClosed() : e;
    }
  }

  private <T extends AutoCloseable> T keep(T one) {
    open.addFirst(one);
    return one;
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  private int call(String cluster) throws IOException {
    TestProxy caller = keep(new TestProxy(authority, cluster, "web"));
    return caller.callTcp(
        Configs.meshed(
            "ledger.shop:5432", UpstreamConfig.Protocol.TCP, TestProxy.STABILITY, callee.id()),
        Configs.group(0, endpoint));
  }

  @Test
  void bytesPassAndTheEndOfOneDirectionLeavesTheOtherOpen() throws Exception {
    int port = call("east");
    byte[] sent = new byte[3 << 20];
    new Random(3).nextBytes(sent);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  socket.getOutputStream().write(sent);
                  socket.shutdownOutput();
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      byte[] received = socket.getInputStream().readAllBytes();
      writer.join();

      assertThat(Arrays.equals(received, sent)).isTrue();
    }
    assertThat(callee.metrics())
        .contains("istio_tcp_connections_opened_total")
        .contains("istio_tcp_received_bytes_total");
  }

  @Test
  void fewBytesAndTheirEndAtOncePassToo() throws Exception {
    int port = call("east");
    for (int i = 0; i < 50; i++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setSoTimeout(10_000);
        socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
        socket.shutdownOutput();
        assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("hello");
      }
    }
  }

  @Test
  void callerThatPolicyDeniesIsCutOffBeforeTheApplicationSeesAConnection() throws Exception {
    int port = call("north");

    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      assertThatThrownBy(
              () -> {
                socket.getOutputStream().write("x".getBytes(StandardCharsets.UTF_8));
                if (socket.getInputStream().read() < 0) {
                  throw new IOException("closed");
                }
              })
          .isInstanceOf(IOException.class);
    }
    assertThat(connections).hasValue(0);
  }
}
