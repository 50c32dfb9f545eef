package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.proxy.model.Access;
import dev.hawser.proxy.model.Address;
import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.ListenerConfig;
import dev.hawser.proxy.model.RetryRule;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.trust.testing.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
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
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One port takes callers with and without the mesh's TLS, each by the chain that is for them. */
class PermissiveTest {
  private static final String UPSTREAM = "inbound|8080|orders";
  private static final Access.Rule ANY = new Access.Rule.Any();

  private final TestAuthority authority = TestAuthority.create();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
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
    client.close();
  }

  private ListenerConfig.Chain plaintext(Optional<Integer> port, Access... access) {
    return new ListenerConfig.Chain(
        "plaintext",
        List.of(),
        List.of(),
        false,
        List.of(access),
        Configs.http(
            new ListenerConfig.Routes.Inline(
                Configs.routes(UPSTREAM, UPSTREAM, Duration.ZERO, RetryRule.none())),
            true),
        port);
  }

  /** Serves by mutual TLS, and in plaintext by these chains. */
  private int serve(ListenerConfig.Chain... chains) throws IOException {
    EndpointConfig endpoint = callee.serve("orders", UpstreamConfig.Protocol.HTTP1, app.port());
    List<ListenerConfig.Chain> all =
        new ArrayList<>(callee.plane().listeners().all().getFirst().chains());
    all.addAll(List.of(chains));
    callee
        .plane()
        .listeners()
        .put(
            new ListenerConfig(
                "inbound", new Address(Configs.HOST, callee.inboundPort()), all, true, false));
    return caller.call(
        Configs.meshed(
            "orders.shop:8080", UpstreamConfig.Protocol.HTTP2, TestProxy.STABILITY, callee.id()),
        Configs.usualRetries(),
        Configs.group(0, endpoint));
  }

  private HttpResponse<String> get(int port) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
            .header("x-forwarded-client-cert", "URI=spiffe://east.mesh.internal/ns/a/sa/admin")
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void callersWithoutTlsArriveAsNobody() throws Exception {
    int meshed = serve(plaintext(Optional.empty()));
    assertThat(get(meshed).statusCode()).isEqualTo(200);
    assertThat(
            app.headers
                .getFirst()
                .getOrDefault("X-forwarded-client-cert", List.of("none"))
                .getFirst())
        .endsWith("URI=spiffe://east.mesh.internal/ns/shop/sa/web");
    assertThat(get(callee.inboundPort()).statusCode()).isEqualTo(200);
    assertThat(app.headers.getLast()).doesNotContainKey("X-forwarded-client-cert");
  }

  @Test
  void withoutAChainForThemTheyReachNothing() throws Exception {
    serve();
    assertThatThrownBy(() -> get(callee.inboundPort())).isInstanceOf(IOException.class);
    serve(plaintext(Optional.of(1)));
    assertThatThrownBy(() -> get(callee.inboundPort())).isInstanceOf(IOException.class);
    serve(plaintext(Optional.of(callee.inboundPort())));
    assertThat(get(callee.inboundPort()).statusCode()).isEqualTo(200);
    assertThat(app.requests).hasValue(1);
  }

  @Test
  void policyKnowsThatNobodyHasShownWhoItIs() throws Exception {
    Access verified =
        new Access(
            true,
            List.of(
                new Access.Policy(
                    "verified", List.of(new Access.Rule.Authenticated()), List.of(ANY))));
    serve(plaintext(Optional.empty(), verified));
    assertThat(get(callee.inboundPort()).statusCode()).isEqualTo(403);
    assertThat(app.requests).hasValue(0);
  }

  @Test
  void garbageBringsNothingDown() throws Exception {
    int meshed = serve(plaintext(Optional.empty()));
    for (byte[] bytes :
        List.of(
            new byte[] {0x16},
            new byte[] {0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0},
            new byte[] {0, 0, 0, 0},
            "\u0016\u0003GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1))) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), callee.inboundPort())) {
        socket.getOutputStream().write(bytes);
        socket.shutdownOutput();
        socket.setSoTimeout(10_000);
        socket.getInputStream().readAllBytes();
      } catch (SocketException e) {
        // Reset is an answer as well.
        assertThat(e).hasMessageContaining("reset");
      }
    }
    assertThat(app.requests).hasValue(0);
    assertThat(get(meshed).statusCode()).isEqualTo(200);
  }
}
