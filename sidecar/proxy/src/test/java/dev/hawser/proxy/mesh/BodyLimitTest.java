package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.testing.ports.FreePorts;
import dev.hawser.trust.testing.TestAuthority;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Bodies that are larger than a listener takes. */
class BodyLimitTest {
  private static final int MOST = 1000;

  @Test
  void ofALargerBodyTheApplicationSeesNothing() throws Exception {
    try (App app = App.start("app");
        TestProxy proxy = new TestProxy(TestAuthority.create(), "east", "web");
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      proxy
          .plane()
          .upstreams()
          .configure(Configs.application("app", UpstreamConfig.Protocol.HTTP1, app.port()));
      int port = FreePorts.next();
      proxy
          .plane()
          .listeners()
          .put(
              Envoys.listener(
                  port, "app", Envoys.filter("buffer", "\"max_request_bytes\":" + MOST)));

      byte[] fitting = new byte[MOST];
      byte[] larger = new byte[MOST + 1];
      assertThat(post(client, port, withLength(fitting)).body()).hasSize(MOST);
      assertThat(post(client, port, inChunks(fitting)).body()).hasSize(MOST);
      assertThat(app.requests).hasValue(2);
      assertThat(post(client, port, withLength(larger)).statusCode()).isEqualTo(413);
      assertThat(post(client, port, inChunks(larger)).statusCode()).isEqualTo(413);
      assertThat(post(client, port, inChunks(new byte[1 << 20])).statusCode()).isEqualTo(413);
      assertThat(app.requests).hasValue(2);
    }
  }

  @Test
  void aClientThatWaitsToBeAskedForItsBodyIsAsked() throws Exception {
    try (App app = App.start("app");
        TestProxy proxy = new TestProxy(TestAuthority.create(), "east", "web")) {
      proxy
          .plane()
          .upstreams()
          .configure(Configs.application("app", UpstreamConfig.Protocol.HTTP1, app.port()));
      int port = FreePorts.next();
      proxy
          .plane()
          .listeners()
          .put(
              Envoys.listener(
                  port, "app", Envoys.filter("buffer", "\"max_request_bytes\":" + MOST)));
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setSoTimeout(10_000);
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        write(
            socket,
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
        assertThat(in.readLine()).isEqualTo("HTTP/1.1 100 Continue");
        assertThat(in.readLine()).isEmpty();
        write(socket, "body");
        assertThat(in.readLine()).isEqualTo("HTTP/1.1 200 OK");
      }
    }
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void aLimitBeyondWhatIsHeldForOneRequestIsRefused() {
    assertThatThrownBy(
            () -> Envoys.listener(1, "app", Envoys.filter("buffer", "\"max_request_bytes\":0")))
        .hasMessageContaining("max_request_bytes");
    assertThatThrownBy(() ->
            Envoys.listener(1, "app", Envoys.filter("buffer", "\"max_request_bytes\":1048577")))
        .hasMessageContaining("1048577 (expected: 1-1048576)");
  }

  private static HttpRequest.BodyPublisher withLength(byte[] body) {
    return HttpRequest.BodyPublishers.ofByteArray(body);
  }

  private static HttpRequest.BodyPublisher inChunks(byte[] body) {
    return HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
  }

  private static HttpResponse<byte[]> post(
      HttpClient client, int port, HttpRequest.BodyPublisher body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/echo")).POST(body).build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }
}
