package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.testing.ports.FreePorts;
import dev.hawser.trust.testing.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a listener takes of heads and streams, by the messages that say so, and forms of HTTP/1. */
class EdgeLimitsTest {
  private static final String ROUTES =
      """
      {"match":{"prefix":"/","headers":[{"name":"x-status","present_match":false}]},
       "route":{"cluster":"app"}},
      {"match":{"path":"/400"},"direct_response":{"status":400}},
      {"match":{"path":"/401"},"direct_response":{"status":401}},
      {"match":{"path":"/403"},"direct_response":{"status":403}},
      {"match":{"path":"/404"},"direct_response":{"status":404}},
      {"match":{"path":"/429"},"direct_response":{"status":429}},
      {"match":{"path":"/503"},"direct_response":{"status":503}},
      {"match":{"path":"/418"},"direct_response":{"status":418}}
      """;

  private final List<AutoCloseable> open = new ArrayList<>();
  private App app;
  private TestProxy proxy;

  @BeforeEach
  void start() throws IOException {
    app = keep(App.start("app"));
    proxy = keep(new TestProxy(TestAuthority.create(), "east", "web"));
    proxy
        .plane()
        .upstreams()
        .configure(Configs.application("app", UpstreamConfig.Protocol.HTTP1, app.port()));
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

  private int listen(String manager) throws IOException, ResourceRejectedException {
    int port = FreePorts.next();
    String fields = "\"http_filters\":[%s]".formatted(Envoys.filter("router", "")) + manager;
    proxy.plane().listeners().put(Envoys.routed(port, ROUTES, fields));
    return port;
  }

  /** Sends text and returns all that comes until the proxy ends the connection. */
  private static String send(int port, String text) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  private static String get(String fields) {
    return "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + fields + "\r\n";
  }

  @Test
  void aHeadIsAsLargeAsItMay() throws Exception {
    int small = listen(",\"max_request_headers_kb\":1");
    assertThat(send(small, get("x-a: " + "y".repeat(500) + "\r\n"))).startsWith("HTTP/1.1 200 ");
    assertThat(send(small, get("x-a: " + "y".repeat(1500) + "\r\n"))).startsWith("HTTP/1.1 431 ");

    int few = listen(",\"common_http_protocol_options\":{\"max_headers_count\":10}");
    assertThat(send(few, get("x-a: b\r\n".repeat(5)))).startsWith("HTTP/1.1 200 ");
    assertThat(send(few, get("x-a: b\r\n".repeat(11)))).startsWith("HTTP/1.1 431 ");
  }

  @Test
  void namesWithUnderscoresAreDealtWithAsTheListenerSays() throws Exception {
    String options =
        ",\"common_http_protocol_options\":{\"headers_with_underscores_action\":\"%s\"}";
    assertThat(send(listen(options.formatted("REJECT_REQUEST")), get("a_b: c\r\n")))
        .startsWith("HTTP/1.1 400 ");
    assertThat(app.requests).hasValue(0);
    assertThat(send(listen(options.formatted("DROP_HEADER")), get("a_b: c\r\n")))
        .startsWith("HTTP/1.1 200 ");
    assertThat(app.headers.getLast()).doesNotContainKey("A_b");
    assertThat(send(listen(options.formatted("ALLOW")), get("a_b: c\r\n")))
        .startsWith("HTTP/1.1 200 ");
    assertThat(app.headers.getLast()).containsKey("A_b");
  }

  @Test
  void streamsBeyondTheirNumberAreRefused() throws Exception {
    int port = listen(",\"http2_protocol_options\":{\"max_concurrent_streams\":1}");
    try (RawHttp2 http2 = new RawHttp2(port)) {
      for (int stream : List.of(1, 3)) {
        http2.headers(
            stream, true, ":method", "GET", ":scheme", "http", ":path", "/slow", ":authority", "a");
      }
      RawHttp2.Frame refused = http2.next(RawHttp2.RST_STREAM);
      assertThat(refused.stream()).isEqualTo(3);
      assertThat(refused.text()).isEqualTo("\0\0\0\7");
      assertThat(http2.next(RawHttp2.HEADERS).stream()).isEqualTo(1);
    }
  }

  @Test
  void aClientOfHttp10KeepsItsConnectionIfItSaysSo() throws Exception {
    int port = listen("");
    String keep = "GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n";
    String answers = send(port, keep + "GET / HTTP/1.0\r\nHost: a\r\n\r\n");
    assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(3);
    assertThat(answers).containsOnlyOnce("connection: keep-alive");
    assertThat(answers).endsWith("app");
  }

  @Test
  void ownAnswersToGrpcHaveItsStatus() throws Exception {
    int port = listen("");
    for (String pair :
        List.of("400=13", "401=16", "403=7", "404=12", "429=14", "503=14", "418=2")) {
      String status = pair.substring(0, 3);
      String answer =
          send(
              port,
              "POST /%s HTTP/1.1\r\nHost: a\r\nConnection: close\r\nx-status: 1\r\n"
                      .formatted(status)
                  + "Content-Type: application/grpc\r\nContent-Length: 0\r\n\r\n");
      assertThat(answer)
          .as(pair)
          .startsWith("HTTP/1.1 200 ")
          .contains("grpc-status: " + pair.substring(4) + "\r\n");
    }
  }
}
