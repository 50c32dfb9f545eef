package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.proxy.model.ListenerConfig;
import dev.hawser.proxy.model.RetryRule;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.testing.ports.FreePorts;
import dev.hawser.trust.testing.TestAuthority;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever two readers could understand differently is answered with an error and ends the
 * connection, over one proxy (HTTP/1.1 on both sides) and over two (HTTP/2 between them).
 */
class Http1CorpusTest {
  private static final String NEXT = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final List<AutoCloseable> OPEN = new ArrayList<>();
  private static final AtomicInteger PASSED = new AtomicInteger();
  private static RawBackend direct;
  private static RawBackend meshed;
  private static int directPort;
  private static int meshedPort;

  @BeforeAll
  static void start() throws IOException {
    TestAuthority authority = TestAuthority.create();
    direct = keep(RawBackend.start());
    meshed = keep(RawBackend.start());
    TestProxy caller = keep(new TestProxy(authority, "east", "web"));
    TestProxy callee = keep(new TestProxy(authority, "east", "orders"));
    meshedPort =
        caller.call(
            Configs.meshed(
                "orders.shop:8080",
                UpstreamConfig.Protocol.HTTP2,
                TestProxy.STABILITY,
                callee.id()),
            Configs.usualRetries(),
            Configs.group(
                0,
                callee.serve(
                    "orders",
                    UpstreamConfig.Protocol.HTTP1,
                    meshed.port(),
                    Configs.callersOf("east.mesh.internal"))));
    directPort = FreePorts.next();
    caller
        .plane()
        .upstreams()
        .configure(Configs.application("direct", UpstreamConfig.Protocol.HTTP1, direct.port()));
    caller
        .plane()
        .routes()
        .put(Configs.routes("direct", "direct", Duration.ZERO, RetryRule.none()));
    caller
        .plane()
        .listeners()
        .put(
            Configs.plain(
                directPort, Configs.http(new ListenerConfig.Routes.Named("direct"), false)));
  }

  private static <T extends AutoCloseable> T keep(T one) {
    OPEN.addFirst(one);
    return one;
  }

  @AfterAll
  static void close() throws Exception {
    System.out.printf(
        "CONFORMANCE http1 messages, through one sidecar and through two: %d of %d%n",
        PASSED.get(), messages().count());
    for (AutoCloseable one : OPEN) {
      one.close();
    }
  }

  static Stream<Arguments> messages() {
    return Http1Message.all().stream()
        .flatMap(
            message -> Stream.of(Arguments.of(message, "direct"), Arguments.of(message, "meshed")));
  }

  @Test
  void corpusIsLarge() {
    assertThat(Http1Message.all()).hasSizeGreaterThan(250);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("messages")
  void messageIsRefusedOrPassesInOneSense(Http1Message message, String way) throws IOException {
    boolean one = way.equals("direct");
    RawBackend backend = one ? direct : meshed;
    int before = backend.requests.size();

    String answer = send(one ? directPort : meshedPort, message.octets());

    assertThat(answer).startsWith("HTTP/1.1 " + message.status() + " ");
    assertThat(answer.split("HTTP/1\\.1 ", -1)).as("answers: " + answer).hasSize(2);
    assertThat(backend.faults).isEmpty();
    List<String> seen =
        backend.requests.subList(before, backend.requests.size()).stream()
            .map(RawBackend.Seen::text)
            .toList();
    if (message.seen().equals("-") || message.seen().equals("part")) {
      assertThat(seen).isEmpty();
    } else {
      assertThat(seen).containsExactly(message.seen());
    }
    PASSED.incrementAndGet();
  }

  /** Sends the message and the next, and reads until the connection ends. */
  private static String send(int port, String message) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(15_000);
      socket.getOutputStream().write((message + NEXT).getBytes(StandardCharsets.ISO_8859_1));
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      try {
        socket.getInputStream().transferTo(answer);
      } catch (SocketException _) {
        // a reset ends it as well
      }
      return answer.toString(StandardCharsets.ISO_8859_1);
    }
  }
}
