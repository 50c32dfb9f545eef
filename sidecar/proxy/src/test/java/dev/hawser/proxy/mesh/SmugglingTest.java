package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.trust.testing.TestAuthority;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that two readers could understand differently: answered with an error, then closed. */
class SmugglingTest {
  private static final List<AutoCloseable> OPEN = new ArrayList<>();
  private static App app;
  private static int port;

  @BeforeAll
  static void start() throws IOException {
    TestAuthority authority = TestAuthority.create();
    app = keep(App.start("orders"));
    TestProxy caller = keep(new TestProxy(authority, "east", "web"));
    TestProxy callee = keep(new TestProxy(authority, "east", "orders"));
    port =
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
  }

  private static <T extends AutoCloseable> T keep(T one) {
    OPEN.addFirst(one);
    return one;
  }

  @AfterAll
  static void close() throws Exception {
    for (AutoCloseable one : OPEN) {
      one.close();
    }
  }

  private static String send(String message) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(15_000);
      socket.getOutputStream().write(message.getBytes(StandardCharsets.ISO_8859_1));
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      InputStream in = socket.getInputStream();
      try {
        in.transferTo(answer);
      } catch (SocketException _) {
        // a reset ends it as well
      }
      return answer.toString(StandardCharsets.ISO_8859_1);
    }
  }

  private static final String NEXT = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST / HTTP/1.1|Host: a|Content-Length: 5|Transfer-Encoding: chunked||0||",
        "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked|Content-Length: 5||0||",
        "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked, xchunked||0||",
        "POST / HTTP/1.1|Host: a|Transfer-Encoding: xchunked, chunked||0||",
        "POST / HTTP/1.1|Host: a|Transfer-Encoding: xchunked||0||",
        "POST / HTTP/1.1|Host: a|Transfer-Encoding: identity||",
        "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked, chunked||0||",
        "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked|Transfer-Encoding: identity||0||",
        "POST / HTTP/1.1|Host: a|Transfer-Encoding:\u000bchunked||0||",
        "POST / HTTP/1.1|Host: a|Transfer-Encoding : chunked||0||",
        "POST / HTTP/1.1|Host: a| Transfer-Encoding: chunked||0||",
        "POST / HTTP/1.1|Host: a|X: y|\ttransfer-encoding: chunked||0||",
        "POST / HTTP/1.0|Host: a|Transfer-Encoding: chunked||0||",
        "POST / HTTP/1.1|Host: a|Content-Length: 5|Content-Length: 5||hello",
        "POST / HTTP/1.1|Host: a|Content-Length: 5|Content-Length: 6||hello",
        "POST / HTTP/1.1|Host: a|Content-Length: 5, 5||hello",
        "POST / HTTP/1.1|Host: a|Content-Length: +5||hello",
        "POST / HTTP/1.1|Host: a|Content-Length: -1||hello",
        "POST / HTTP/1.1|Host: a|Content-Length: 0x5||hello",
        "POST / HTTP/1.1|Host: a|Content-Length: 5 5||hello",
        "POST / HTTP/1.1|Host: a|Content-Length: ||hello",
        "POST / HTTP/1.1|Host: a|Content-Length: 99999999999999999999||hello",
        "GET / HTTP/1.1||",
        "GET / HTTP/1.1|Host: a|Host: b||",
        "GET / HTTP/1.1|Host: a|Host: a||",
        "GET / HTTP/1.1|Host: a b||",
        "GET / HTTP/1.1|Host: a@b||",
        "GET / HTTP/1.1|Host: ||",
        "GET / HTTP/1.1|Host: a:99999999||",
        "GET http://other/ HTTP/1.1|Host: a||",
        "GET ftp://a/ HTTP/1.1|Host: a||",
        "GET /#fragment HTTP/1.1|Host: a||",
        "GET /%00 HTTP/1.1|Host: a||",
        "GET /a b HTTP/1.1|Host: a||",
        "GET /\u00e9 HTTP/1.1|Host: a||",
        "GET  / HTTP/1.1|Host: a||",
        "GET / HTTP/1.1|Host: a|: empty||",
        "GET / HTTP/1.1|Host: a|X Y: z||",
        "GET / HTTP/1.1|Host: a|X: a\u0000b||",
        "GET / HTTP/1.1|Host: a|X: a\rb||",
        "GET / HTTP/1.1|Host: a|folded: a| b||",
        "GET / HTTP/1.1|Host: a|nocolon||",
        "GET / HTTP/2.0|Host: a||",
        "GET / HTTP/1.1 |Host: a||",
        "GET /|Host: a||",
        "G(T / HTTP/1.1|Host: a||",
        "GET / HTTP/1.1|Host: a|Connection: host||",
        "GET / HTTP/1.1|Host: a|Connection: content-length||",
        "GET / HTTP/1.1|Host: a|Expect: 200-ok||",
        "CONNECT a:80 HTTP/1.1|Host: a:80||",
        "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||zz|",
        "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||5 ;x|hello|0||",
        "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||5|hello!|0||",
        "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||0x5|hello|0||",
        "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||-5|hello|0||",
        "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||0|content-length: 4||",
        "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||0|host: b||"
      })
  void ambiguousMessageIsAnsweredWithAnErrorAndNothingAfterItIsRead(String message)
      throws IOException {
    int before = app.requests.get();

    String answer = send(message.replace("|", "\r\n") + NEXT);

    assertThat(answer).matches("(?s)(HTTP/1\\.1 (400|417|431|501|505) .*)?");
    assertThat(answer.split("HTTP/1\\.1 ", -1)).hasSizeLessThanOrEqualTo(2);
    assertThat(app.targets).doesNotContain("/smuggled");
    assertThat(app.requests.get() - before).isLessThanOrEqualTo(1);
  }

  @Test
  void lineFeedsAloneAreRefused() throws IOException {
    assertThat(send("GET / HTTP/1.1\nHost: a\n\n")).startsWith("HTTP/1.1 400 ");
  }

  @Test
  void headThatIsTooLongIsRefused() throws IOException {
    assertThat(send("GET / HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(70_000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431 ");
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws IOException {
    String first = "GET / HTTP/1.1|Host: a||";
    String second = "POST /echo HTTP/1.1|Host: a|Content-Length: 5||hello";
    String third = "GET / HTTP/1.1|Host: a|Connection: close||";

    String answer = send((first + second + third).replace("|", "\r\n"));

    assertThat(answer.split("HTTP/1\\.1 200 OK", -1)).hasSize(4);
    assertThat(answer).contains("hello");
  }

  @Test
  void offerOfHttp2IsIgnoredAndTheRequestServed() throws IOException {
    String offer =
        "GET / HTTP/1.1|Host: a|Connection: Upgrade, HTTP2-Settings, close|Upgrade: h2c|"
            + "HTTP2-Settings: AAMAAABkAAQAAP__||";

    assertThat(send(offer.replace("|", "\r\n"))).startsWith("HTTP/1.1 200 OK");
  }
}
