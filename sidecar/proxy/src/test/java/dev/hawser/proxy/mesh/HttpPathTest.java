package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.trust.testing.TestAuthority;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpPathTest {
  private final TestAuthority authority = TestAuthority.create();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private App app;
  private TestProxy caller;
  private TestProxy callee;
  private int port;

  @BeforeEach
  void connect() throws IOException {
    app = keep(App.start("orders-1"));
    caller = keep(new TestProxy(authority, "east", "web"));
    callee = keep(new TestProxy(authority, "east", "orders"));
    EndpointConfig endpoint =
        callee.serve(
            "orders",
            UpstreamConfig.Protocol.HTTP1,
            app.port(),
            Configs.callersOf("east.mesh.internal"));
    port =
        caller.call(
            Configs.meshed(
                "orders.shop:8080",
                UpstreamConfig.Protocol.HTTP2,
                TestProxy.STABILITY,
                callee.id()),
            Configs.usualRetries(),
            Configs.group(0, endpoint));
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

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void requestReachesTheOtherWorkloadWithTheCallersIdentity() throws Exception {
    HttpResponse<String> response = get("/");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("orders-1");
    assertThat(app.headers.getFirst().get("X-forwarded-client-cert"))
        .containsExactly(
            "By=spiffe://east.mesh.internal/ns/shop/sa/orders;"
                + "URI=spiffe://east.mesh.internal/ns/shop/sa/web");
    assertThat(app.headers.getFirst().get("X-request-id")).hasSize(1);
  }

  @Test
  void identityHeadersOfTheWorkloadNeverArrive() throws Exception {
    client.send(
        request("/")
            .header("X-Forwarded-Client-Cert", "URI=spiffe://east.mesh.internal/ns/shop/sa/admin")
            .header("X_Forwarded_Client_Cert", "URI=spiffe://east.mesh.internal/ns/shop/sa/admin")
            .build(),
        HttpResponse.BodyHandlers.ofString());

    assertThat(app.headers.getFirst().toString()).contains("sa/web").doesNotContain("sa/admin");
  }

  @Test
  void manyRequestsShareFewConnections() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      answers.add(client.sendAsync(request("/").build(), HttpResponse.BodyHandlers.ofString()));
    }
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      assertThat(answer.get().statusCode()).isEqualTo(200);
    }

    assertThat(callee.plane().connections()).isLessThanOrEqualTo(4);
  }

  @Test
  void chunkedResponsesAndHeadPassThrough() throws Exception {
    assertThat(get("/chunked").body()).startsWith("piece 0\n").endsWith("piece 9\n");

    HttpResponse<String> head =
        client.send(
            request("/").method("HEAD", HttpRequest.BodyPublishers.noBody()).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(get("/").body()).isEqualTo("orders-1");
  }

  @Test
  void anAnswerThatTakesLongerThanTwoPingsArrives() throws Exception {
    assertThat(get("/slow").statusCode()).isEqualTo(200);
  }

  @Test
  void bodyOfAMegabyteComesBackAsItWas() throws Exception {
    byte[] sent = new byte[1 << 20];
    new Random(7).nextBytes(sent);
    for (int i = 0; i < 5; i++) {
      HttpResponse<byte[]> response =
          client.send(
              request("/echo").POST(HttpRequest.BodyPublishers.ofByteArray(sent)).build(),
              HttpResponse.BodyHandlers.ofByteArray());

      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(Arrays.equals(response.body(), sent)).isTrue();
    }
  }

  @Test
  void requestsAreCountedAndLoggedOnBothSides() throws Exception {
    get("/metrics-and-log");

    await()
        .untilAsserted(() ->
            assertThat(caller.metrics())
                .contains("istio_requests_total{reporter=\"source\"")
                .contains("source_cluster=\"east\"")
                .contains("destination_cluster=\"east\"")
                .contains("destination_service_name=\"orders\"")
                .contains("response_code=\"200\""));
    assertThat(callee.metrics())
        .contains("reporter=\"destination\"")
        .contains("connection_security_policy=\"mutual_tls\"")
        .contains("destination_principal=\"spiffe://east.mesh.internal/ns/shop/sa/orders\"");
    await()
        .untilAsserted(() ->
            assertThat(String.join("\n", caller.logLines()))
                .contains("\"path\":\"/metrics-and-log\"")
                .contains("\"upstream_cluster\":\"orders.shop:8080\"")
                .contains("\"upstream_sni\":\"p8080.orders.shop.east.mesh.internal\"")
                .contains("\"attempts\":1"));
  }

  @Test
  void callerFromAnotherClusterIsDeniedBeforeTheApplicationSeesAnything() throws Exception {
    TestProxy stranger = keep(new TestProxy(authority, "north", "web"));
    int strangersPort =
        stranger.call(
            Configs.meshed(
                "orders.shop:8080",
                UpstreamConfig.Protocol.HTTP2,
                TestProxy.STABILITY,
                callee.id()),
            Configs.usualRetries(),
            Configs.group(
                0,
                Configs.endpoint(
                    callee.inboundPort(), Configs.serverName("orders", "east"), "east")));

    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + strangersPort + "/")).build(),
            HttpResponse.BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(403);
    assertThat(app.requests).hasValue(0);
  }

  @Test
  void nameThatTheCalleeDoesNotOwnIsRefusedInTheHandshake() throws Exception {
    int otherPort =
        caller.call(
            Configs.meshed(
                "payments.shop:8080",
                UpstreamConfig.Protocol.HTTP2,
                TestProxy.STABILITY,
                callee.id()),
            Configs.usualRetries(),
            Configs.group(
                0,
                Configs.endpoint(
                    callee.inboundPort(), Configs.serverName("payments", "east"), "east")));

    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + otherPort + "/")).build(),
            HttpResponse.BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).contains("\"error\":\"upstream_failed\"");
    assertThat(app.requests).hasValue(0);
    assertThat(callee.metrics()).contains("hawser_inbound_refused_total{reason=\"unknown-name\"}");
  }
}
