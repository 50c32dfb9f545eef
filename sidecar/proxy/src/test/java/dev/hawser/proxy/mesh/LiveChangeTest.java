package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hawser.proxy.model.Access;
import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.FieldMatch;
import dev.hawser.proxy.model.HeaderOp;
import dev.hawser.proxy.model.HeaderOps;
import dev.hawser.proxy.model.RetryRule;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.testing.TestAuthority;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a change of configuration, identity or trust does to connections that stand. */
class LiveChangeTest {
  private static final Duration BOUND = Duration.ofSeconds(5);

  private final TestAuthority authority = TestAuthority.create();
  private final List<AutoCloseable> open = new ArrayList<>();
  private App app;
  private TestProxy caller;
  private TestProxy callee;

  @BeforeEach
  void start() throws IOException {
    app = keep(App.start("orders"));
    caller = keep(new TestProxy(authority, "east", "web"));
    callee = keep(new TestProxy(authority, "east", "orders"));
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

  private EndpointConfig serve(int port, String callers) throws IOException {
    return callee.serve("orders", UpstreamConfig.Protocol.HTTP1, port, Configs.callersOf(callers));
  }

  private int call(EndpointConfig endpoint) throws IOException {
    return caller.call(
        Configs.meshed(
            "orders.shop:8080", UpstreamConfig.Protocol.HTTP2, TestProxy.STABILITY, callee.id()),
        Configs.usualRetries(),
        Configs.group(0, endpoint));
  }

  private EndpointConfig serveBytes(int port, String callers) throws IOException {
    return callee.serve("ledger", UpstreamConfig.Protocol.TCP, port, Configs.callersOf(callers));
  }

  private int callBytes(EndpointConfig endpoint) throws IOException {
    return caller.callTcp(
        Configs.meshed(
            "ledger.shop:5432", UpstreamConfig.Protocol.TCP, TestProxy.STABILITY, callee.id()),
        Configs.group(0, endpoint));
  }

  /** Bytes come back as they are. */
  private int echo() throws IOException {
    ServerSocket server = keep(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    Thread.ofVirtual()
        .start(() -> {
          while (!server.isClosed()) {
            try {
              Socket socket = server.accept();
              Thread.ofVirtual().start(() -> echo(socket));
            } catch (IOException _) {
              return; // closed
            }
          }
        });
    return server.getLocalPort();
  }

  private static void echo(Socket socket) {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    } catch (IOException _) {
      // the caller broke off
    }
  }

  private Socket connect(int port) throws IOException {
    Socket socket = keep(new Socket(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static String exchange(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    byte[] answer = socket.getInputStream().readNBytes(text.length());
    return new String(answer, StandardCharsets.US_ASCII);
  }

  private static String get(Socket socket) throws IOException {
    socket
        .getOutputStream()
        .write("GET / HTTP/1.1\r\nhost: orders\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) socket.getInputStream().read());
    }
    String text = head.toString().toLowerCase(Locale.ROOT);
    int at = text.indexOf("content-length: ") + 16;
    int length = Integer.parseInt(text.substring(at, text.indexOf('\r', at)));
    socket.getInputStream().readNBytes(length);
    return head.substring(9, 12);
  }

  /** Whether the peer has ended the connection, orderly or not. */
  private static boolean isEnded(Socket socket) {
    try {
      socket.setSoTimeout(1);
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException _) {
      return false;
    } catch (IOException _) {
      return true;
    }
  }

  @Test
  void whatMayStayOutlivesAChangeOfEverythingElse() throws Exception {
    EndpointConfig bytes = serveBytes(echo(), "east.mesh.internal");
    int bytesPort = callBytes(bytes);
    EndpointConfig requests = serve(app.port(), "east.mesh.internal");
    int port = call(requests);
    Socket tcp = connect(bytesPort);
    Socket http = connect(port);
    assertThat(exchange(tcp, "before")).isEqualTo("before");
    assertThat(get(http)).isEqualTo("200");
    CompletableFuture<HttpResponse<String>> slow = slow(port);
    await().until(() -> app.requests.get() == 2);

    callee.serve(
        "ledger",
        UpstreamConfig.Protocol.TCP,
        echo(),
        Configs.callersOf("east.mesh.internal", "west.mesh.internal"));
    App other = keep(App.start("orders"));
    serve(other.port(), "east.mesh.internal");
    caller
        .plane()
        .routes()
        .put(
            Configs.routes(
                "orders.shop:8080", "orders.shop:8080", Duration.ofSeconds(9), RetryRule.none()));
    caller
        .plane()
        .upstreams()
        .update(
            Configs.set(
                "orders.shop:8080",
                Configs.group(0, requests),
                Configs.group(1, Configs.endpoint(1, "p8080.other.shop", "east"))));
    caller.plane().reconsider();

    assertThat(slow.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertThat(exchange(tcp, "after")).isEqualTo("after");
    assertThat(get(http)).isEqualTo("200");
    assertThat(other.requests).hasValue(1);
  }

  @Test
  void nextRequestOnAConnectionThatStandsMeetsTheNewRules() throws Exception {
    Socket http = connect(call(serve(app.port(), "east.mesh.internal")));
    assertThat(get(http)).isEqualTo("200");

    serve(app.port(), "west.mesh.internal");
    assertThat(get(http)).isEqualTo("403");

    serve(app.port(), "east.mesh.internal");
    assertThat(get(http)).isEqualTo("200");
  }

  @Test
  void requestIsJudgedAgainByWhatItBroughtAndNotByWhatTheRouteMadeOfIt() throws Exception {
    HeaderOps removed =
        HeaderOps.level(List.of(new HeaderOp.Remove("user-agent")), List.<HeaderOp>of());
    int port = call(serve(app.port(), removed, true));
    CompletableFuture<HttpResponse<String>> stays = slow(port);
    await().until(() -> app.requests.get() == 1);
    App other = keep(App.start("orders"));
    serve(other.port(), removed, true);
    callee.plane().reconsider();
    assertThat(stays.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);

    CompletableFuture<HttpResponse<String>> ends = slow(port);
    await().until(() -> other.requests.get() == 1);
    serve(other.port(), removed, false);
    assertThat(ends.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(403);
  }

  private EndpointConfig serve(int port, HeaderOps ops, boolean allowed) throws IOException {
    Access.Rule agent =
        new Access.Rule.Header(new FieldMatch("user-agent", Optional.empty(), true, false, false));
    Access rules =
        new Access(
            allowed,
            List.of(new Access.Policy("agents", List.of(new Access.Rule.Any()), List.of(agent))));
    return callee.serve("orders", UpstreamConfig.Protocol.HTTP1, port, ops, rules);
  }

  @Test
  void bytesOfWhomTheRulesDenyNowEndWithinFiveSeconds() throws Exception {
    int port = echo();
    Socket tcp = connect(callBytes(serveBytes(port, "east.mesh.internal")));
    assertThat(exchange(tcp, "hello")).isEqualTo("hello");

    serveBytes(port, "west.mesh.internal");

    await().atMost(BOUND).until(() -> isEnded(tcp));
  }

  @Test
  void webSocketOfWhomTheRulesDenyNowEndsWithinFiveSeconds() throws Exception {
    EchoSocket sockets = keep(EchoSocket.start());
    Socket socket = connect(call(serve(sockets.port(), "east.mesh.internal")));
    String upgrade =
        """
        GET /chat HTTP/1.1
        host: orders
        connection: upgrade
        upgrade: websocket
        sec-websocket-version: 13
        sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==

        """
            .replace("\n", "\r\n");
    socket.getOutputStream().write(upgrade.getBytes(StandardCharsets.US_ASCII));
    assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
        .isEqualTo("HTTP/1.1 101");
    serve(sockets.port(), "east.mesh.internal", "west.mesh.internal");
    readHead(socket);
    assertThat(isEnded(socket)).isFalse();

    serve(sockets.port(), "west.mesh.internal");

    await().atMost(BOUND).until(() -> isEnded(socket));
  }

  private void serve(int port, String first, String second) throws IOException {
    callee.serve("orders", UpstreamConfig.Protocol.HTTP1, port, Configs.callersOf(first, second));
  }

  private static void readHead(Socket socket) throws IOException {
    int last = 0;
    while (last != 0x0d0a0d0a) {
      last = (last << 8) | socket.getInputStream().read();
    }
  }

  @Test
  void listenerThatIsGoneEndsItsIdleConnectionsAndWithinFiveSecondsThoseAtWork() throws Exception {
    EndpointConfig endpoint = serve(app.port(), "east.mesh.internal");
    int port = call(endpoint);
    Socket idle = connect(port);
    assertThat(get(idle)).isEqualTo("200");
    Socket busy = connect(port);
    busy.getOutputStream()
        .write(
            "POST /echo HTTP/1.1\r\nhost: orders\r\ncontent-length: 9\r\n\r\nx"
                .getBytes(StandardCharsets.US_ASCII));
    await().until(() -> app.requests.get() == 2);

    caller.plane().listeners().remove("upstream|" + port);

    await().atMost(Duration.ofSeconds(3)).until(() -> isEnded(idle));
    await().atMost(BOUND).until(() -> isEnded(busy));
    assertThat(caller.plane().connections()).isZero();
  }

  @Test
  void peerWhoseIssuerIsRevokedIsCutWithinFiveSeconds() throws Exception {
    Socket tcp = connect(callBytes(serveBytes(echo(), "east.mesh.internal")));
    assertThat(exchange(tcp, "hello")).isEqualTo("hello");

    callee.trust(revoked());

    await().atMost(BOUND).until(() -> isEnded(tcp));
  }

  @Test
  void streamOfAPeerWhoseIssuerIsRevokedIsCutAndNotWaitedFor() throws Exception {
    int port = call(serve(app.port(), "east.mesh.internal"));
    CompletableFuture<HttpResponse<String>> slow = slow(port);
    await().until(() -> app.requests.get() == 1);

    callee.trust(revoked());

    assertThat(slow.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
  }

  private TrustBundles revoked() {
    Set<BigInteger> serials = Set.of(authority.cluster("east").intermediate().getSerialNumber());
    return authority.bundles("east", "west", "north").withRevoked(serials);
  }

  private CompletableFuture<HttpResponse<String>> slow(int port) {
    HttpClient client = keep(HttpClient.newHttpClient());
    return client.sendAsync(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/slow")).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void renewedCertificateTakesOverWithoutCuttingAnAnswerAndTheOldOneMayThenBeRevoked()
      throws Exception {
    int port = call(serve(app.port(), "east.mesh.internal"));
    TrustBundles after = revoked();
    Load load = keep(Load.start(port, 4, Duration.ofMillis(5)));
    CompletableFuture<HttpResponse<String>> slow = slow(port);
    await().until(() -> load.from("orders") > 50);

    authority.renewIntermediate("east");
    caller.become(authority.workload("east", "shop", "web"));
    callee.become(authority.workload("east", "shop", "orders"));
    assertThat(slow.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    caller.trust(after);
    callee.trust(after);
    int then = load.from("orders");
    await().until(() -> load.from("orders") > then + 200);
    load.stop();

    assertThat(load.failures).isEmpty();
  }

  @Test
  void whoeverIsDeniedWhileTheProxyDrainsEndsAsWell() throws Exception {
    int port = echo();
    Socket tcp = connect(callBytes(serveBytes(port, "east.mesh.internal")));
    assertThat(exchange(tcp, "hello")).isEqualTo("hello");

    callee.plane().listeners().stopAccepting();
    assertThat(exchange(tcp, "stays")).isEqualTo("stays");
    serveBytes(port, "west.mesh.internal");

    await().atMost(BOUND).until(() -> isEnded(tcp));
  }

  @Test
  void bytesToAServiceThatIsGoneEndWithinFiveSeconds() throws Exception {
    EndpointConfig endpoint = serveBytes(echo(), "east.mesh.internal");
    Socket tcp = connect(callBytes(endpoint));
    assertThat(exchange(tcp, "hello")).isEqualTo("hello");

    caller.plane().upstreams().all().forEach(one -> caller.plane().upstreams().remove(one.name()));
    caller.plane().reconsider();

    await().atMost(BOUND).until(() -> isEnded(tcp));
  }
}
