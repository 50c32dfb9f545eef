package dev.hawser.engine.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdminServerTest {
  private final AtomicInteger drains = new AtomicInteger();
  private final AdminServer server = start(0);
  private final HttpClient client = HttpClient.newHttpClient();

  private AdminServer start(int port) {
    try {
      return AdminServer.builder(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
          .get("/ready", _ -> AdminResponse.json(200, "{\"ready\":true}"))
          .get("/echo", r -> AdminResponse.text(200, r.query().toString()))
          .get(
              "/broken",
              _ -> {
                throw new IllegalStateException("out of order");
              })
          .post("/drain", _ -> AdminResponse.text(202, "drain " + drains.incrementAndGet()))
          .start();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private HttpResponse<String> send(String method, String path, String... headers)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** Sends bytes as they are and returns all that comes back until the server closes. */
  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
      socket.setSoTimeout(5000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  @Test
  void answersWhatWasRegistered() throws Exception {
    HttpResponse<String> ready = send("GET", "/ready");
    assertThat(ready.statusCode()).isEqualTo(200);
    assertThat(ready.body()).isEqualTo("{\"ready\":true}");
    assertThat(ready.headers().firstValue("content-type")).contains("application/json");
    assertThat(send("HEAD", "/ready").statusCode()).isEqualTo(200);
    assertThat(send("GET", "/echo?a=1&a=2").body()).isEqualTo("{a=[1, 2]}");
  }

  @Test
  void stateChangesOnlyByPost() throws Exception {
    HttpResponse<String> read = send("GET", "/drain");
    assertThat(read.statusCode()).isEqualTo(405);
    assertThat(read.headers().firstValue("allow")).contains("POST");
    assertThat(send("PUT", "/drain").statusCode()).isEqualTo(405);
    assertThat(send("DELETE", "/drain").statusCode()).isEqualTo(405);
    assertThat(drains).hasValue(0);
    assertThat(send("POST", "/drain").statusCode()).isEqualTo(202);
    assertThat(send("POST", "/ready").statusCode()).isEqualTo(405);
    assertThat(drains).hasValue(1);
  }

  @Test
  void aWebPageCannotReachIt() throws Exception {
    assertThat(send("POST", "/drain", "Origin", "http://evil.example").statusCode()).isEqualTo(403);
    assertThat(raw("POST /drain HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 403")
        .contains("host: 'evil.example' (expected: an IP address or localhost)");
    assertThat(raw("GET /ready HTTP/1.1\r\nConnection: close\r\n\r\n")).startsWith("HTTP/1.1 403");
    assertThat(
            raw("GET /ready HTTP/1.1\r\nHost: a\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 403");
    for (String host : new String[] {"localhost", "LOCALHOST:80", "10.0.0.1:9", "[::1]:9"}) {
      assertThat(raw("GET /ready HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
          .startsWith("HTTP/1.1 200");
    }
    assertThat(drains).hasValue(0);
  }

  @Test
  void anUnknownPathNamesTheKnownOnes() throws Exception {
    HttpResponse<String> answer = send("GET", "/nothing");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body())
        .contains("path: '/nothing'")
        .contains("GET /ready\n")
        .contains("POST /drain\n");
  }

  @Test
  void aFailureIsAnAnswerAndNotTheEnd() throws Exception {
    assertThat(send("GET", "/broken").statusCode()).isEqualTo(500);
    assertThat(send("GET", "/ready").statusCode()).isEqualTo(200);
    assertThat(raw("nonsense\r\n\r\n")).startsWith("HTTP/1.1 4");
  }

  @Test
  void anAddressInUseIsNamed() {
    assertThatThrownBy(() -> AdminServer.builder(server.address()).start())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("127.0.0.1")
        .hasMessageContaining("cannot bind");
  }
}
