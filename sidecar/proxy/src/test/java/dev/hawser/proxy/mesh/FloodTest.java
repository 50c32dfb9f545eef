package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hawser.proxy.http.HttpLimits;
import dev.hawser.proxy.model.ListenerConfig;
import dev.hawser.proxy.model.RetryRule;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.testing.ports.FreePorts;
import dev.hawser.trust.testing.TestAuthority;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one client makes the proxy do has an end, and the client beside it is served. */
class FloodTest {
  private static final int PING = 6;
  private static final int CONTINUATION = 9;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final HttpLimits LIMITS =
      HttpLimits.defaults().withTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(30));

  private App app;
  private TestProxy proxy;
  private int port;

  @BeforeEach
  void start() throws IOException {
    app = keep(App.start("orders"));
    serve(LIMITS);
  }

  private void serve(HttpLimits limits) throws IOException {
    proxy = keep(new TestProxy(TestAuthority.create(), "east", "web", 1, limits));
    port = FreePorts.next();
    proxy
        .plane()
        .upstreams()
        .configure(Configs.application("app", UpstreamConfig.Protocol.HTTP1, app.port()));
    proxy.plane().routes().put(Configs.routes("app", "app", Duration.ZERO, RetryRule.none()));
    proxy
        .plane()
        .listeners()
        .put(Configs.plain(port, Configs.http(new ListenerConfig.Routes.Named("app"), false)));
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
    client.close();
  }

  private void assertServed() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/")).build();
    assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(200);
  }

  private static void get(RawHttp2 http2, int stream, boolean end) throws IOException {
    http2.headers(
        stream, end, ":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a");
  }

  /** One step of a flood. */
  @FunctionalInterface
  private interface Step {
    void take(RawHttp2 http2, int round) throws IOException;
  }

  /** Floods until the proxy ends the connection, and fails if it never does. */
  private void assertEnds(int rounds, Step step) throws Exception {
    try (RawHttp2 http2 = new RawHttp2(port)) {
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < rounds; i++) {
                  step.take(http2, i);
                }
                while (true) {
                  http2.next(-1);
                }
              })
          .isInstanceOfAny(SocketException.class, EOFException.class);
    }
    assertServed();
  }

  private static void getAndReset(RawHttp2 http2, int round) throws IOException {
    get(http2, 2 * round + 1, true);
    http2.send(RawHttp2.RST_STREAM, 0, 2 * round + 1, new byte[] {0, 0, 0, 8});
  }

  @Test
  void resetsOfManyEndTheirConnection() throws Exception {
    serve(LIMITS.withAnyResets());
    assertEnds(5000, FloodTest::getAndReset);
  }

  @Test
  void whoResetsMoreThanIsBorneWaits() throws Exception {
    try (RawHttp2 http2 = new RawHttp2(port)) {
      long start = System.nanoTime();
      for (int i = 0; i < 700; i++) {
        getAndReset(http2, i);
      }
      http2.send(PING, 0, 0, new byte[8]);
      assertServed();
      http2.next(PING);
      // 500 at once and 100 in a second are borne; some 12 lie in one read with the ping.
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThan(Duration.ofMillis(1500));

      get(http2, 1401, true);
      assertThat(http2.next(RawHttp2.HEADERS).stream()).isEqualTo(1401);
    }
  }

  @Test
  void whoLeavesWhileItHasToWaitIsNotWaitedFor() throws Exception {
    try (RawHttp2 http2 = new RawHttp2(port)) {
      http2.cork();
      for (int i = 0; i < 2000; i++) {
        getAndReset(http2, i);
      }
      http2.send(PING, 0, 0, new byte[8]);
      http2.uncork();
      http2.endOutput();
      assertThatThrownBy(() -> http2.next(PING))
          .isInstanceOfAny(SocketException.class, EOFException.class);
    }
    assertServed();
  }

  @Test
  void smallContinuationsEndTheConnection() throws Exception {
    assertEnds(
        1000,
        (http2, round) ->
            http2.send(round == 0 ? RawHttp2.HEADERS : CONTINUATION, 0, 1, new byte[] {0}));
  }

  @Test
  void emptyContinuationsEndTheConnection() throws Exception {
    assertEnds(
        1000,
        (http2, round) ->
            http2.send(round == 0 ? RawHttp2.HEADERS : CONTINUATION, 0, 1, new byte[0]));
  }

  @Test
  void pingsWhoseAnswersAreNotReadEndTheConnection() throws Exception {
    assertEnds(2_000_000, (http2, _) -> http2.send(PING, 0, 0, new byte[8]));
  }

  @Test
  void headThatComesSlowlyIsGivenUpInItsTime() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: a\r\nX: ".getBytes(StandardCharsets.US_ASCII));

      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

      assertThat(answer).startsWith("HTTP/1.1 408 ");
    }
    assertServed();
  }

  @Test
  void requestsWhoseAnswersAreNotReadWait() throws Exception {
    int all = 5000;
    byte[] requests =
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(all).getBytes(StandardCharsets.US_ASCII);
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(4096);
      socket.setSoTimeout(10_000);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      Thread sender = Thread.ofVirtual().start(() -> send(socket, requests));
      AtomicInteger last = new AtomicInteger(-1);

      await("no more is asked for")
          .pollInterval(Duration.ofMillis(300))
          .until(() -> {
            int now = app.requests.get();
            return last.getAndSet(now) == now && now > 0;
          });

      assertThat(app.requests).hasValueLessThan(all / 2);
      assertServed();
      while (app.requests.get() < all + 1) {
        assertThat(socket.getInputStream().readNBytes(1000)).hasSize(1000);
      }
      assertThat(sender.join(Duration.ofSeconds(10))).isTrue();
    }
  }

  private static void send(Socket socket, byte[] octets) {
    try {
      socket.getOutputStream().write(octets);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void requestWhoseTrailersAreMalformedIsOver() throws Exception {
    try (RawHttp2 http2 = new RawHttp2(port)) {
      get(http2, 1, false);
      http2.headers(1, true, "x-last", "\u0001");
      assertThat(http2.next(RawHttp2.RST_STREAM).stream()).isEqualTo(1);
    }
    await("nothing of it is left")
        .untilAsserted(() ->
            assertThat(proxy.plane().upstreams().get("app").numbers())
                .containsEntry("upstream_rq_active", 0L));
    assertServed();
  }

  @Test
  void bodyInTheSmallestPiecesArrives() throws Exception {
    byte[] octets = new byte[5000];
    try (RawHttp2 http2 = new RawHttp2(port)) {
      http2.headers(
          1, false, ":method", "PUT", ":scheme", "http", ":path", "/echo", ":authority", "a");
      for (int i = 0; i < octets.length; i++) {
        octets[i] = (byte) i;
        http2.send(RawHttp2.DATA, i == octets.length - 1 ? 1 : 0, 1, new byte[] {octets[i]});
      }
      StringBuilder echo = new StringBuilder();
      while (echo.length() < octets.length) {
        echo.append(http2.next(RawHttp2.DATA).text());
      }
      assertThat(echo.toString().getBytes(StandardCharsets.ISO_8859_1)).isEqualTo(octets);
    }
  }

  @Test
  void whatIsResetBeforeItBeginsIsNotBegun() throws Exception {
    try (RawHttp2 http2 = new RawHttp2(port)) {
      http2.cork();
      for (int i = 0; i < 50; i++) {
        get(http2, 2 * i + 1, true);
        http2.send(RawHttp2.RST_STREAM, 0, 2 * i + 1, new byte[] {0, 0, 0, 8});
      }
      get(http2, 101, true);
      http2.uncork();
      assertThat(http2.next(RawHttp2.HEADERS).stream()).isEqualTo(101);
    }
    assertThat(proxy.plane().upstreams().get("app").numbers())
        .containsEntry("upstream_rq_total", 1L);
  }
}
