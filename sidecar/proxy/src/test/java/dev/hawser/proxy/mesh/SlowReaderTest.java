package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.testing.ports.FreePorts;
import dev.hawser.trust.testing.TestAuthority;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Connections of raw bytes whose reader takes little at a time: what was sent before the end comes
 * before the end, however much of it the kernel would not take at once.
 */
class SlowReaderTest {
  /** Octets that a slow reader's kernel takes for it. */
  private static final int WINDOW = 4096;

  /**
   * Octets around what kernels and proxies hold at once, less towards a caller than towards an
   * application, so that an end that overtakes what comes before it does so at one of them.
   */
  private static final List<Integer> SIZES =
      List.of(32 << 10, 80 << 10, 128 << 10, 176 << 10, 256 << 10, 512 << 10, 6 << 20);

  private final TestAuthority authority = TestAuthority.create();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final BlockingQueue<byte[]> arrived = new LinkedBlockingQueue<>();
  private final BlockingQueue<Integer> finished = new LinkedBlockingQueue<>();
  private volatile byte[] answer = new byte[0];
  private TestProxy caller;
  private TestProxy callee;
  private ServerSocket server;

  @BeforeEach
  void start() throws IOException {
    server = keep(new ServerSocket());
    server.setReceiveBufferSize(WINDOW);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    caller = keep(new TestProxy(authority, "east", "web"));
    callee = keep(new TestProxy(authority, "east", "ledger"));
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

  /** Has the application do something with each connection. */
  private void serve(Work work) {
    Thread.ofVirtual()
        .start(() -> {
          while (!server.isClosed()) {
            try {
              Socket socket = server.accept();
              Thread.ofVirtual().start(() -> serve(socket, work));
            } catch (IOException _) {
              return; // closed
            }
          }
        });
  }

  private static void serve(Socket socket, Work work) {
    try (socket) {
      work.with(socket);
    } catch (IOException _) {
      // the proxy broke off, which its test sees by what is missing
    }
  }

  private interface Work {
    void with(Socket socket) throws IOException;
  }

  private int throughTheMesh() throws IOException {
    return caller.callTcp(
        Configs.meshed(
            "ledger.shop:5432", UpstreamConfig.Protocol.TCP, TestProxy.STABILITY, callee.id()),
        Configs.group(
            0,
            callee.serve(
                "ledger",
                UpstreamConfig.Protocol.TCP,
                server.getLocalPort(),
                Configs.callersOf("east.mesh.internal"))));
  }

  private static byte[] bytes(int size) {
    byte[] made = new byte[size];
    new Random(size).nextBytes(made);
    return made;
  }

  private static byte[] readSlowly(Socket socket) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] piece = new byte[WINDOW];
    InputStream in = socket.getInputStream();
    for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
      all.write(piece, 0, count);
      try {
        Thread.sleep(1);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
    return all.toByteArray();
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(WINDOW);
    socket.setSoTimeout(20_000);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return socket;
  }

  /** Compares without printing megabytes. */
  private static void assertWhole(byte[] received, byte[] sent) {
    assertThat(received.length).isEqualTo(sent.length);
    assertThat(Arrays.mismatch(received, sent)).isEqualTo(-1);
  }

  @Test
  void callerGetsAllThatTheApplicationSentBeforeItClosed() throws Exception {
    serve(socket -> {
      socket.getOutputStream().write(answer);
      socket.shutdownOutput();
      finished.add(answer.length);
      // A close with bytes unread would be a reset.
      socket.getInputStream().readAllBytes();
    });
    int port = throughTheMesh();
    for (int size : SIZES) {
      answer = bytes(size);
      try (Socket socket = connect(port)) {
        finished.poll(1, TimeUnit.SECONDS);
        assertWhole(readSlowly(socket), answer);
      }
    }
  }

  @Test
  void applicationGetsAllThatTheCallerSentBeforeItsEnd() throws Exception {
    serve(socket -> arrived.add(readSlowly(socket)));
    int port =
        caller.callTcp(
            Configs.application("bytes", UpstreamConfig.Protocol.TCP, server.getLocalPort()));
    for (int size : SIZES) {
      byte[] sent = bytes(size);
      try (Socket socket = connect(port)) {
        socket.getOutputStream().write(sent);
        socket.shutdownOutput();
        byte[] received = arrived.poll(60, TimeUnit.SECONDS);
        assertThat(received).as("what came of %s octets", size).isNotNull();
        assertWhole(received, sent);
      }
    }
  }

  @Test
  void farEndOfAConnectGetsAllThatTheClientSentBeforeItsEnd() throws Exception {
    serve(socket -> arrived.add(readSlowly(socket)));
    caller
        .plane()
        .upstreams()
        .configure(
            Configs.application("bytes", UpstreamConfig.Protocol.TCP, server.getLocalPort()));
    int port = FreePorts.next();
    caller
        .plane()
        .listeners()
        .put(
            Envoys.routed(
                port,
                "{\"name\":\"tunnel\",\"match\":{\"connect_matcher\":{}},\"route\":{\"cluster\":"
                    + "\"bytes\",\"upgrade_configs\":[{\"upgrade_type\":\"CONNECT\","
                    + "\"connect_config\":{}}]}}",
                "\"upgrade_configs\":[{\"upgrade_type\":\"CONNECT\"}],\"http_filters\":["
                    + Envoys.filter("router", "")
                    + "]"));
    for (int size : SIZES) {
      byte[] sent = bytes(size);
      try (Socket socket = connect(port)) {
        socket
            .getOutputStream()
            .write(
                "CONNECT ledger:1 HTTP/1.1\r\nHost: ledger:1\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
            .isEqualTo("HTTP/1.1 200");
        socket.getOutputStream().write(sent);
        socket.shutdownOutput();
        byte[] received = arrived.poll(60, TimeUnit.SECONDS);
        assertThat(received).as("what came of %s octets", size).isNotNull();
        assertWhole(received, sent);
      }
    }
  }
}
