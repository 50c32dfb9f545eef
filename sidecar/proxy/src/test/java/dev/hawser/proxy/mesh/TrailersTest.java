package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.RetryRule;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.trust.testing.TestAuthority;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Trailers of chunked messages (RFC 9112 section 7.1.2), over one hop and with HTTP/2 between. */
class TrailersTest {
  private static final String REQUEST =
      """
      POST / HTTP/1.1
      Host: a
      Transfer-Encoding: chunked
      Trailer: x-sum

      4
      body
      0
      x-sum: 17

      """
          .replace("\n", "\r\n");
  private static final String RESPONSE =
      """
      HTTP/1.1 200 OK
      Transfer-Encoding: chunked

      6
      answer
      0
      x-told: 18

      """
          .replace("\n", "\r\n");

  private final TestAuthority authority = TestAuthority.create();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
  private ServerSocket server;

  @BeforeEach
  void start() throws IOException {
    server = keep(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    Thread.ofVirtual().start(this::accept);
  }

  private void accept() {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        seen.add(until(socket.getInputStream(), "0\r\nx-sum: 17\r\n\r\n"));
        socket.getOutputStream().write(RESPONSE.getBytes(StandardCharsets.US_ASCII));
        until(socket.getInputStream(), "\0"); // until the proxy has it
      } catch (IOException e) {
        assert server.isClosed() : e;
      }
    }
  }

  /** Reads up to an end, or to that of the connection. */
  private static String until(InputStream in, String end) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.indexOf(end) < 0) {
      int octet = in.read();
      if (octet < 0) {
        break;
      }
      text.append((char) octet);
    }
    return text.toString();
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

  private void assertPassed(int port) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
      assertThat(until(socket.getInputStream(), "0\r\nx-told: 18\r\n\r\n"))
          .startsWith("HTTP/1.1 200 OK\r\n")
          .endsWith("6\r\nanswer\r\n0\r\nx-told: 18\r\n\r\n");
    }
    assertThat(seen.poll(10, TimeUnit.SECONDS)).endsWith("4\r\nbody\r\n0\r\nx-sum: 17\r\n\r\n");
  }

  @Test
  void passThroughOneProxy() throws Exception {
    TestProxy proxy = keep(new TestProxy(authority, "east", "web"));
    assertPassed(
        proxy.call(
            Configs.application("app", UpstreamConfig.Protocol.HTTP1, server.getLocalPort()),
            RetryRule.none()));
  }

  @Test
  void passThroughTheMesh() throws Exception {
    TestProxy caller = keep(new TestProxy(authority, "east", "web"));
    TestProxy callee = keep(new TestProxy(authority, "east", "orders"));
    EndpointConfig endpoint =
        callee.serve(
            "orders",
            UpstreamConfig.Protocol.HTTP1,
            server.getLocalPort(),
            Configs.callersOf("east.mesh.internal"));
    assertPassed(
        caller.call(
            Configs.meshed(
                "orders.shop:8080",
                UpstreamConfig.Protocol.HTTP2,
                TestProxy.STABILITY,
                callee.id()),
            Configs.usualRetries(),
            Configs.group(0, endpoint)));
  }
}
