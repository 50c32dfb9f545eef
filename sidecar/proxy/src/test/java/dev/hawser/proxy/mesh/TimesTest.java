package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.testing.ports.FreePorts;
import dev.hawser.trust.testing.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Time limits, each by the message that means it; {@code /slow} takes three seconds. */
class TimesTest {
  private static final String ROUTER =
      "\"http_filters\":[%s]".formatted(Envoys.filter("router", ""));

  private final List<AutoCloseable> open = new ArrayList<>();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
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
    client.shutdownNow();
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  /**
   * Listens.
   *
   * @param action of the only route besides its cluster, as JSON
   * @param manager of the connection manager besides its filters, as JSON
   */
  private int listen(String action, String manager) throws IOException, ResourceRejectedException {
    int port = FreePorts.next();
    String route =
        "{\"match\":{\"prefix\":\"/\"},\"route\":{\"cluster\":\"app\"%s}}"
            .formatted(action.isEmpty() ? "" : "," + action);
    proxy
        .plane()
        .listeners()
        .put(Envoys.routed(port, route, ROUTER + (manager.isEmpty() ? "" : "," + manager)));
    return port;
  }

  private HttpResponse<String> get(int port, String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** Sends what is no whole request and returns all that comes. */
  private static String half(int port, String text) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  @Test
  void timeOfARouteIsOver() throws Exception {
    HttpResponse<String> answer = get(listen("\"timeout\":\"0.3s\"", ""), "/slow");
    assertThat(answer.statusCode()).isEqualTo(504);
    assertThat(app.requests).hasValue(1);
  }

  @Test
  void aTryThatTakesTooLongIsFollowedByAnother() throws Exception {
    int port =
        listen(
            "\"retry_policy\":{\"retry_on\":\"5xx\",\"num_retries\":1,\"per_try_timeout\":\"0.3s\"}",
            "");
    assertThat(get(port, "/slow").statusCode()).isEqualTo(504);
    assertThat(app.requests).hasValue(2);
  }

  @Test
  void silenceEndsARequestUnlessItMayLastForever() throws Exception {
    String idle = "\"stream_idle_timeout\":\"0.3s\"";
    assertThat(get(listen("", idle), "/slow").statusCode()).isEqualTo(504);
    assertThat(get(listen("\"idle_timeout\":\"0.3s\"", ""), "/slow").statusCode()).isEqualTo(504);
    assertThat(get(listen("\"idle_timeout\":\"0s\"", idle), "/slow").statusCode()).isEqualTo(200);
    assertThat(get(listen("", "\"stream_idle_timeout\":\"0s\""), "/slow").statusCode())
        .isEqualTo(200);
  }

  @Test
  void aRequestThatDoesNotComeInItsTimeIsAnswered408() throws Exception {
    assertThat(
            half(
                listen("", "\"request_timeout\":\"0.3s\""),
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf"))
        .startsWith("HTTP/1.1 408 ");
    assertThat(half(listen("", "\"request_headers_timeout\":\"0.3s\""), "GET / HTTP/1.1\r\nHo"))
        .startsWith("HTTP/1.1 408 ");
  }

  @Test
  void aConnectionEndsWhenItsTimeIsOver() throws Exception {
    for (String limit : List.of("idle_timeout", "max_connection_duration")) {
      int port = listen("", "\"common_http_protocol_options\":{\"%s\":\"0.3s\"}".formatted(limit));
      assertThat(half(port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
          .as(limit)
          .startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void theTimeThatAGrpcClientGivesCountsUpToALimit() throws Exception {
    String[] grpc = {"content-type", "application/grpc", "grpc-timeout", "300m"};
    int port = listen("\"max_stream_duration\":{\"grpc_timeout_header_max\":\"5s\"}", "");
    HttpResponse<String> late = get(port, "/slow", grpc);
    assertThat(late.headers().firstValue("grpc-status")).contains("4");

    int limited = listen("\"max_stream_duration\":{\"grpc_timeout_header_max\":\"0.2s\"}", "");
    grpc[3] = "1H";
    assertThat(get(limited, "/slow", grpc).headers().firstValue("grpc-status")).contains("4");
    assertThat(app.requests).hasValue(2);
  }
}
