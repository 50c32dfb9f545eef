package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hawser.proxy.http.HttpLimits;
import dev.hawser.proxy.model.Address;
import dev.hawser.proxy.model.ListenerConfig;
import dev.hawser.proxy.model.RetryRule;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.testing.ports.FreePorts;
import dev.hawser.trust.testing.TestAuthority;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The calm end, and that of a client that takes nothing. */
class DrainTest {
  private static final int INITIAL_WINDOW = 4;

  private final List<AutoCloseable> open = new ArrayList<>();
  private App app;
  private TestProxy proxy;
  private int port;

  @BeforeEach
  void start() throws IOException {
    app = keep(App.start("orders"));
    HttpLimits limits =
        HttpLimits.defaults().withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(4));
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
  }

  private Socket connect() throws IOException {
    Socket socket = keep(new Socket(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static void send(Socket socket, String... paths) throws IOException {
    StringBuilder all = new StringBuilder();
    for (String path : paths) {
      all.append("GET ").append(path).append(" HTTP/1.1\r\nhost: orders\r\n\r\n");
    }
    socket.getOutputStream().write(all.toString().getBytes(StandardCharsets.US_ASCII));
  }

  /** Returns all that comes until the proxy closes. */
  private static String rest(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
  }

  private static int count(String text, String part) {
    return text.split(part, -1).length - 1;
  }

  @Test
  void whatIsUnderWayAndPipelinedIsAnsweredAndTheLastSaysClose() throws Exception {
    Socket socket = connect();
    send(socket, "/slow", "/", "/");
    await().until(() -> app.requests.get() == 1);

    CompletableFuture<Void> drained = proxy.plane().drain(Duration.ofSeconds(10));

    String answers = rest(socket);
    assertThat(count(answers, "HTTP/1.1 200")).isEqualTo(3);
    assertThat(count(answers, "connection: close")).isEqualTo(1);
    assertThat(answers).endsWith("orders");
    drained.get(10, TimeUnit.SECONDS);
    assertThat(proxy.plane().connections()).isZero();
  }

  @Test
  void whoHasNotHeardYetIsServedOnceMoreAndThenNobodyListens() throws Exception {
    Socket known = connect();
    send(known, "/slow");
    await().until(() -> app.requests.get() == 1);
    Socket silent = connect();
    CompletableFuture<Void> drained = proxy.plane().drain(Duration.ofSeconds(10));

    Socket late = connect();
    send(late, "/");
    send(silent, "/");

    assertThat(rest(late)).startsWith("HTTP/1.1 200").contains("connection: close");
    assertThat(rest(silent)).startsWith("HTTP/1.1 200").contains("connection: close");
    assertThat(rest(known)).startsWith("HTTP/1.1 200").contains("connection: close");
    drained.get(10, TimeUnit.SECONDS);
    assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
  }

  @Test
  void streamsUnderWayEndAfterGoAway() throws Exception {
    try (RawHttp2 http2 = new RawHttp2(port)) {
      request(http2, 1, "/slow");
      await().until(() -> app.requests.get() == 1);

      CompletableFuture<Void> drained = proxy.plane().drain(Duration.ofSeconds(10));

      http2.next(RawHttp2.GOAWAY);
      request(http2, 3, "/");
      assertThat(http2.next(RawHttp2.HEADERS).stream()).isEqualTo(3);
      assertThat(http2.next(RawHttp2.HEADERS).stream()).isEqualTo(1);
      drained.get(10, TimeUnit.SECONDS);
    }
  }

  private static void request(RawHttp2 http2, int stream, String path) throws IOException {
    http2.headers(
        stream, true, ":method", "GET", ":scheme", "http", ":authority", "orders", ":path", path);
  }

  @Test
  void connectionsOfAListenerAreBounded() throws Exception {
    bound(2);
    Socket first = connect();
    Socket second = connect();
    send(first, "/");
    send(second, "/");
    await().until(() -> app.requests.get() == 2);

    assertThat(connect().getInputStream().read()).isNegative();
    first.close();
    await()
        .untilAsserted(() -> {
          Socket again = connect();
          send(again, "/");
          assertThat(again.getInputStream().read()).isEqualTo('H');
        });
  }

  /** The listener as before, with a bound to its connections. */
  private void bound(int most) throws IOException {
    proxy
        .plane()
        .listeners()
        .put(
            new ListenerConfig(
                "upstream|" + port,
                new Address(Configs.HOST, port),
                List.of(
                    new ListenerConfig.Chain(
                        "only",
                        List.of(),
                        List.of(),
                        false,
                        List.of(),
                        Configs.http(new ListenerConfig.Routes.Named("app"), false),
                        Optional.empty(),
                        Optional.of(most),
                        Optional.empty()))));
  }

  @Test
  void clientThatNeverOpensItsWindowIsGivenUp() throws Exception {
    try (RawHttp2 http2 = new RawHttp2(port)) {
      http2.send(RawHttp2.SETTINGS, 0, 0, new byte[] {0, INITIAL_WINDOW, 0, 0, 0, 0});
      request(http2, 1, "/");
      assertThat(http2.next(RawHttp2.HEADERS).stream()).isEqualTo(1);

      assertThat(http2.next(RawHttp2.RST_STREAM).stream()).isEqualTo(1);
    }
  }

  @Test
  void whatIsLeftAtTheDeadlineIsCut() throws Exception {
    Socket socket = connect();
    send(socket, "/slow");
    await().until(() -> app.requests.get() == 1);

    proxy.plane().drain(Duration.ofMillis(1500)).get(10, TimeUnit.SECONDS);

    // The application would have answered after three seconds.
    assertThat(rest(socket)).isEmpty();
    await().until(() -> proxy.plane().connections() == 0);
  }
}
