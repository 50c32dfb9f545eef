package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** WebSockets (RFC 6455) over HTTP/1.1 and HTTP/2 (RFC 8441), in each combination. */
class WebSocketTest {
  private final List<AutoCloseable> open = new ArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private EchoSocket app;
  private int direct;
  private int meshed;

  @BeforeEach
  void start() throws IOException {
    TestAuthority authority = TestAuthority.create();
    app = keep(EchoSocket.start());
    TestProxy caller = keep(new TestProxy(authority, "east", "web"));
    TestProxy callee = keep(new TestProxy(authority, "east", "orders"));
    meshed =
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
                    app.port(),
                    Configs.callersOf("east.mesh.internal"))));
    direct = FreePorts.next();
    caller
        .plane()
        .upstreams()
        .configure(Configs.application("direct", UpstreamConfig.Protocol.HTTP1, app.port()));
    caller
        .plane()
        .routes()
        .put(Configs.routes("direct", "direct", Duration.ofSeconds(2), RetryRule.none()));
    caller
        .plane()
        .listeners()
        .put(Configs.plain(direct, Configs.http(new ListenerConfig.Routes.Named("direct"), false)));
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

  /** Keeps what comes. */
  private static final class Inbox implements WebSocket.Listener {
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      messages.add(data.toString());
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      messages.add("binary " + data.remaining());
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
      messages.add("closed " + status);
      return null;
    }

    String next() throws InterruptedException {
      return String.valueOf(messages.poll(10, TimeUnit.SECONDS));
    }
  }

  private void converse(int port) throws Exception {
    Inbox inbox = new Inbox();
    WebSocket socket =
        client
            .newWebSocketBuilder()
            .buildAsync(URI.create("ws://127.0.0.1:" + port + "/chat"), inbox)
            .get(10, TimeUnit.SECONDS);
    for (int i = 0; i < 50; i++) {
      socket.sendText("hello " + i, true).get(10, TimeUnit.SECONDS);
      assertThat(inbox.next()).isEqualTo("hello " + i);
    }
    socket.sendClose(1000, "").get(10, TimeUnit.SECONDS);
    assertThat(inbox.next()).isEqualTo("closed 1000");
  }

  @Test
  void conversationPassesOverHttp1() throws Exception {
    converse(direct);

    assertThat(app.heads.getFirst()).startsWith("GET /chat HTTP/1.1\r\nhost: 127.0.0.1:" + direct);
  }

  @Test
  void conversationPassesOverHttp2BetweenTwoProxies() throws Exception {
    converse(meshed);

    assertThat(app.heads.getFirst())
        .contains("connection: upgrade\r\nupgrade: websocket\r\n")
        .contains("sa/web");
  }

  @Test
  void conversationOutlivesTheTimeoutOfARequest() throws Exception {
    Inbox inbox = new Inbox();
    WebSocket socket =
        client
            .newWebSocketBuilder()
            .buildAsync(URI.create("ws://127.0.0.1:" + direct + "/chat"), inbox)
            .get(10, TimeUnit.SECONDS);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);

    while (System.nanoTime() < end) {
      socket.sendText("still", true).get(10, TimeUnit.SECONDS);
      assertThat(inbox.next()).isEqualTo("still");
      assertThat(inbox.messages.poll(100, TimeUnit.MILLISECONDS)).isNull();
    }
    socket.abort();
  }

  @Test
  void clientOfHttp2NeedsNoKey() throws Exception {
    for (int port : new int[] {direct, meshed}) {
      try (RawHttp2 http2 = new RawHttp2(port)) {
        assertThat(http2.next(RawHttp2.SETTINGS).text()).contains("\0\u0008\0\0\0\u0001");
        http2.headers(
            1,
            false,
            ":method",
            "CONNECT",
            ":protocol",
            "websocket",
            ":scheme",
            "http",
            ":path",
            "/chat",
            ":authority",
            "orders",
            "sec-websocket-version",
            "13");
        byte[] frame = {(byte) 0x81, (byte) 0x82, 0, 0, 0, 0, 'h', 'i'};
        http2.send(RawHttp2.DATA, 0, 1, frame);

        assertThat(http2.next(RawHttp2.HEADERS).text()).startsWith("\u0088"); // 200
        assertThat(http2.next(RawHttp2.DATA).text()).isEqualTo("\u0081\u0002hi");
      }
    }
  }

  @Test
  void extendedConnectOfAnotherProtocolIsRefused() throws IOException {
    try (RawHttp2 http2 = new RawHttp2(direct)) {
      http2.headers(
          1,
          true,
          ":method",
          "CONNECT",
          ":protocol",
          "connect-udp",
          ":scheme",
          "http",
          ":path",
          "/chat",
          ":authority",
          "orders");

      assertThat(http2.next(RawHttp2.HEADERS).text()).contains("501");
      assertThat(app.heads).isEmpty();
    }
  }

  @Test
  @SuppressWarnings("StringConcatToTextBlock") // what ends a line is the point
  void whatFollowsARefusedUpgradeReachesNobody() throws IOException {
    for (int port : new int[] {direct, meshed}) {
      String answer =
          send(
              port,
              "GET /plain HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                  + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                  + "\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");

      assertThat(answer.split("HTTP/1\\.1 ", -1)).as(answer).hasSize(2);
      assertThat(answer).endsWith("plain");
    }
    await().pollDelay(Duration.ofMillis(200)).until(() -> app.heads.size() == 2);
    assertThat(app.strays).isEmpty();
  }

  @Test
  @SuppressWarnings("StringConcatToTextBlock") // what ends a line is the point
  void bytesBeforeTheAnswerWaitForIt() throws IOException {
    for (int port : new int[] {direct, meshed}) {
      String answer =
          send(
              port,
              "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                  + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                  + "\r\n\u0081\u0082\0\0\0\0hi\u0088\u0080\0\0\0\0");

      assertThat(answer)
          .startsWith("HTTP/1.1 101 ")
          .contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
          .endsWith("\r\n\r\n\u0081\u0002hi\u0088\0");
    }
  }

  private static String send(int port, String message) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(15_000);
      socket.getOutputStream().write(message.getBytes(StandardCharsets.ISO_8859_1));
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
