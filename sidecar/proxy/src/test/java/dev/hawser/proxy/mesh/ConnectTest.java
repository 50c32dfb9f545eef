package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.testing.ports.FreePorts;
import dev.hawser.trust.testing.TestAuthority;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** CONNECT (RFC 9110 section 9.3.6, RFC 9113 section 8.5): refused unless a route takes it. */
class ConnectTest {
  private static final String ALLOWED =
      "\"upgrade_configs\":[{\"upgrade_type\":\"CONNECT\"}],\"http_filters\":[%s]"
          .formatted(Envoys.filter("router", ""));

  private final TestAuthority authority = TestAuthority.create();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger standing = new AtomicInteger();
  private TestProxy proxy;
  private int application;

  @BeforeEach
  void start() throws IOException {
    ServerSocket server = keep(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    Thread.ofVirtual().start(() -> serve(server));
    application = server.getLocalPort();
    proxy = keep(new TestProxy(authority, "east", "web"));
    proxy
        .plane()
        .upstreams()
        .configure(Configs.application("bytes", UpstreamConfig.Protocol.TCP, application));
  }

  /** Greets, then answers with everything it gets. */
  private void serve(ServerSocket server) {
    try {
      while (true) {
        Socket socket = server.accept();
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> echo(socket));
      }
    } catch (IOException e) {
      assert server.isClosed() : e;
    }
  }

  private void echo(Socket socket) {
    standing.incrementAndGet();
    try (socket) {
      socket.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
      socket.getInputStream().transferTo(socket.getOutputStream());
    } catch (IOException _) {
      // the caller broke off
    }
    standing.decrementAndGet();
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

  private int listen(String upstream, String fields) throws IOException, ResourceRejectedException {
    int port = FreePorts.next();
    String routes =
        """
        {"name":"tunnel","match":{"connect_matcher":{}},"route":{"cluster":"%s",
         "upgrade_configs":[{"upgrade_type":"CONNECT","connect_config":{}}]}},
        {"name":"rest","match":{"prefix":"/"},"direct_response":{"status":204}}
        """
            .formatted(upstream);
    proxy.plane().listeners().put(Envoys.routed(port, routes, fields));
    return port;
  }

  private static Socket send(int port, String text) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(10_000);
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    return socket;
  }

  private static String connect(String target) {
    return "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n";
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int octet = in.read();
      if (octet < 0) {
        return head.toString();
      }
      head.append((char) octet);
    }
    return head.toString();
  }

  private static String line(InputStream in) throws IOException {
    return new String(in.readNBytes(6), StandardCharsets.US_ASCII);
  }

  @Test
  void bytesPassBothWaysAndTheEndOfTheCallersLeavesTheOthersOpen() throws Exception {
    int port = listen("bytes", ALLOWED);
    byte[] sent = new byte[3 << 20];
    new Random(3).nextBytes(sent);
    // The first bytes come with the head, as from a client that trusts in the answer.
    try (Socket socket = send(port, connect("ledger.shop:5432") + "early")) {
      InputStream in = socket.getInputStream();
      assertThat(head(in))
          .startsWith("HTTP/1.1 200")
          .doesNotContainIgnoringCase("content-length")
          .doesNotContainIgnoringCase("transfer-encoding")
          .doesNotContainIgnoringCase("connection:");
      assertThat(line(in)).isEqualTo("hello\n");
      assertThat(new String(in.readNBytes(5), StandardCharsets.US_ASCII)).isEqualTo("early");
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  socket.getOutputStream().write(sent);
                  socket.shutdownOutput();
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      byte[] received = in.readAllBytes();
      writer.join();
      assertThat(Arrays.equals(received, sent)).isTrue();
    }
    await().untilAsserted(() -> assertThat(standing).hasValue(0));
  }

  @Test
  void bytesPassThroughTheMeshWithItsIdentities() throws Exception {
    TestProxy callee = keep(new TestProxy(authority, "east", "ledger"));
    proxy.callTcp(
        Configs.meshed(
            "ledger.shop:5432", UpstreamConfig.Protocol.TCP, TestProxy.STABILITY, callee.id()),
        Configs.group(
            0,
            callee.serve(
                "ledger",
                UpstreamConfig.Protocol.TCP,
                application,
                Configs.callersOf("east.mesh.internal"))));
    int port = listen("ledger.shop:5432", ALLOWED);
    try (Socket socket = send(port, connect("ledger.shop:5432"))) {
      InputStream in = socket.getInputStream();
      assertThat(head(in)).startsWith("HTTP/1.1 200");
      assertThat(line(in)).isEqualTo("hello\n");
      socket.getOutputStream().write("bytes\n".getBytes(StandardCharsets.US_ASCII));
      socket.shutdownOutput();
      assertThat(in.readAllBytes()).asString().isEqualTo("bytes\n");
    }
    assertThat(callee.metrics()).contains("istio_tcp_connections_opened_total").contains("sa/web");
  }

  @Test
  void streamOfHttp2IsAConnectionToo() throws Exception {
    int port = listen("bytes", ALLOWED);
    try (RawHttp2 client = new RawHttp2(port)) {
      client.headers(1, false, ":method", "CONNECT", ":authority", "ledger.shop:5432");
      assertThat(client.next(RawHttp2.HEADERS).flags() & RawHttp2.END_STREAM).isZero();
      assertThat(client.next(RawHttp2.DATA).text()).isEqualTo("hello\n");
      client.send(
          RawHttp2.DATA, RawHttp2.END_STREAM, 1, "bytes".getBytes(StandardCharsets.US_ASCII));
      // The end may come with the last bytes or after them.
      StringBuilder answer = new StringBuilder();
      RawHttp2.Frame frame;
      do {
        frame = client.next(RawHttp2.DATA);
        answer.append(frame.text());
      } while ((frame.flags() & RawHttp2.END_STREAM) == 0);
      assertThat(answer).hasToString("bytes");
    }
  }

  @Test
  void isRefusedWhereNobodyAllowsIt() throws Exception {
    int port = listen("bytes", "\"http_filters\":[%s]".formatted(Envoys.filter("router", "")));
    try (Socket socket = send(port, connect("ledger.shop:5432"))) {
      assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 501");
    }
    try (RawHttp2 client = new RawHttp2(port)) {
      client.headers(1, false, ":method", "CONNECT", ":authority", "ledger.shop:5432");
      RawHttp2.Frame answer = client.next(RawHttp2.HEADERS);
      assertThat(answer.flags() & RawHttp2.END_STREAM).isEqualTo(RawHttp2.END_STREAM);
    }
    assertThat(connections).hasValue(0);
  }

  @Test
  void policyDeniesItAndThePrefixOfAllPathsDoesNotTakeIt() throws Exception {
    String rbac =
        Envoys.filter(
            "rbac",
            """
            "rules":{"action":"ALLOW","policies":{"p":{
             "permissions":[{"url_path":{"path":{"prefix":"/"}}}],"principals":[{"any":true}]}}}
            """);
    int port =
        listen(
            "bytes",
            "\"upgrade_configs\":[{\"upgrade_type\":\"CONNECT\"}],\"http_filters\":[%s,%s]"
                .formatted(rbac, Envoys.filter("router", "")));
    try (Socket socket = send(port, connect("ledger.shop:5432"))) {
      assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 403");
    }
    assertThat(connections).hasValue(0);
  }

  @Test
  void ambiguousOnesAreAnswered400() throws Exception {
    int port = listen("bytes", ALLOWED);
    List<String> bad =
        List.of(
            "CONNECT /path HTTP/1.1\r\nHost: a:1\r\n\r\n",
            "CONNECT ledger.shop HTTP/1.1\r\nHost: ledger.shop\r\n\r\n",
            "CONNECT a:1 HTTP/1.1\r\nHost: b:1\r\n\r\n",
            "CONNECT a:1 HTTP/1.1\r\n\r\n",
            "CONNECT a:123456 HTTP/1.1\r\nHost: a:123456\r\n\r\n",
            "CONNECT user@a:1 HTTP/1.1\r\nHost: user@a:1\r\n\r\n",
            "CONNECT http://a:1/ HTTP/1.1\r\nHost: a:1\r\n\r\n",
            "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\nContent-Length: 5\r\n\r\nhello",
            "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    for (String message : bad) {
      try (Socket socket = send(port, message)) {
        assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
            .as(message)
            .startsWith("HTTP/1.1 400");
      }
    }
    for (String[] fields :
        new String[][] {
          {":method", "CONNECT", ":authority", "a:1", ":path", "/"},
          {":method", "CONNECT", ":authority", "a:1", ":scheme", "http"},
          {":method", "CONNECT", ":authority", "a"},
          {":method", "CONNECT"}
        }) {
      try (RawHttp2 client = new RawHttp2(port)) {
        client.headers(1, false, fields);
        assertThat(client.next(RawHttp2.RST_STREAM).stream()).isEqualTo(1);
      }
    }
    assertThat(connections).hasValue(0);
  }

  @Test
  void endpointThatTakesNoConnectionIsAnswered503AndNothingElseIsSaid() throws Exception {
    proxy
        .plane()
        .upstreams()
        .configure(Configs.application("nobody", UpstreamConfig.Protocol.TCP, FreePorts.next()));
    int port = listen("nobody", ALLOWED);
    try (Socket socket = send(port, connect("ledger.shop:5432") + "early")) {
      assertThat(head(socket.getInputStream()))
          .startsWith("HTTP/1.1 503")
          .contains("connection: close");
    }
  }

  @Test
  void otherRequestsOnTheListenerAreAsEver() throws Exception {
    int port = listen("bytes", ALLOWED);
    try (Socket socket = send(port, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")) {
      assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 204");
    }
  }

  @Test
  void routeThatWouldPassItOnIsNotTaken() {
    String without =
        """
        {"match":{"connect_matcher":{}},"route":{"cluster":"bytes"}}
        """;
    assertThatThrownBy(() -> Envoys.routed(1, without, ALLOWED))
        .isInstanceOf(ResourceRejectedException.class)
        .hasMessageContaining("upgrade_configs")
        .hasMessageContaining("connect_config");
  }

  @Test
  void filtersThatWaitForABodyDoNotWaitForATunnels() throws Exception {
    int port =
        listen(
            "bytes",
            "\"upgrade_configs\":[{\"upgrade_type\":\"CONNECT\"}],\"http_filters\":[%s,%s]"
                .formatted(
                    Envoys.filter("buffer", "\"max_request_bytes\":100"),
                    Envoys.filter("router", "")));
    try (Socket socket = send(port, connect("ledger.shop:5432") + "x".repeat(200))) {
      InputStream in = socket.getInputStream();
      assertThat(head(in)).startsWith("HTTP/1.1 200");
      assertThat(line(in)).isEqualTo("hello\n");
      assertThat(in.readNBytes(200)).containsOnly('x');
    }
  }

  @Test
  void aRuleAboutAnyPathIsNotAboutWhatHasNone() throws Exception {
    String rbac =
        Envoys.filter(
            "rbac",
            """
            "rules":{"action":"ALLOW","policies":{"p":{
             "permissions":[{"url_path":{"path":{"safe_regex":{"regex":".*"}}}}],
             "principals":[{"any":true}]}}}
            """);
    int port =
        listen(
            "bytes",
            "\"upgrade_configs\":[{\"upgrade_type\":\"CONNECT\"}],\"http_filters\":[%s,%s]"
                .formatted(rbac, Envoys.filter("router", "")));
    try (Socket socket = send(port, connect("ledger.shop:5432"))) {
      assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 403");
    }
  }

  @Test
  void theEndOfTheEndpointsLeavesTheCallersOpen() throws Exception {
    CompletableFuture<byte[]> received = new CompletableFuture<>();
    ServerSocket server = keep(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    Thread.ofVirtual()
        .start(() -> {
          try (Socket socket = server.accept()) {
            socket.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            received.complete(socket.getInputStream().readAllBytes());
          } catch (IOException e) {
            received.completeExceptionally(e);
          }
        });
    proxy
        .plane()
        .upstreams()
        .configure(
            Configs.application("brief", UpstreamConfig.Protocol.TCP, server.getLocalPort()));
    int port = listen("brief", ALLOWED);
    byte[] sent = new byte[3 << 20];
    new Random(4).nextBytes(sent);
    try (Socket socket = send(port, connect("ledger.shop:5432"))) {
      InputStream in = socket.getInputStream();
      assertThat(head(in)).startsWith("HTTP/1.1 200");
      assertThat(in.readAllBytes()).asString().isEqualTo("hello\n");
      socket.getOutputStream().write(sent);
      socket.shutdownOutput();
      assertThat(received.get(10, TimeUnit.SECONDS)).isEqualTo(sent);
    }
  }

  @Test
  void aTunnelWhoseOtherHalfEndsWithTrailersIsOver() throws Exception {
    ServerSocket server = keep(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    Thread.ofVirtual()
        .start(() -> {
          try (Socket socket = server.accept()) {
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
          } catch (IOException e) {
            assert server.isClosed() : e;
          }
        });
    proxy
        .plane()
        .upstreams()
        .configure(
            Configs.application("brief", UpstreamConfig.Protocol.TCP, server.getLocalPort()));
    try (RawHttp2 client = new RawHttp2(listen("brief", ALLOWED))) {
      client.headers(1, false, ":method", "CONNECT", ":authority", "ledger.shop:5432");
      assertThat(client.next(RawHttp2.DATA).flags() & RawHttp2.END_STREAM).isOne();
      client.headers(1, true, "x-last", "1");
      await()
          .untilAsserted(() ->
              assertThat(proxy.plane().upstreams().get("brief").numbers())
                  .containsEntry("upstream_rq_active", 0L));
    }
  }
}
