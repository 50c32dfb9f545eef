package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.proxy.jwt.Issuer;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.testing.ports.FreePorts;
import dev.hawser.trust.testing.TestAuthority;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens over real sockets, with an application behind and issuers beside. */
class JwtPathTest {
  private static final Issuer ISSUER = Issuer.of("ES256", "one");
  private static final String GOOD =
      "{\"iss\":\"https://issuer\",\"sub\":\"alice\",\"aud\":\"shop\",\"exp\":99999999999,"
          + "\"groups\":[\"admin\",\"dev\"],\"deep\":{\"level\":3},\"evil\":\"a\\r\\nb: c\"}";
  private static final String RULES =
      ",\"rules\":[{\"match\":{\"prefix\":\"/open\"}},"
          + "{\"match\":{\"prefix\":\"/\"},\"requires\":{\"provider_name\":\"p\"}}]";

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
    for (AutoCloseable one : open) {
      one.close();
    }
    client.close();
  }

  private int listen(String... filters) throws IOException, ResourceRejectedException {
    int port = FreePorts.next();
    proxy.plane().listeners().put(Envoys.listener(port, "app", filters));
    return port;
  }

  private static String provider(String more) {
    return Envoys.filter(
        "jwt_authn",
        "\"providers\":{\"p\":{\"issuer\":\"https://issuer\",\"audiences\":[\"shop\"],"
            + more
            + "}}"
            + RULES);
  }

  private static String local() {
    return "\"local_jwks\":{\"inline_string\":\"" + ISSUER.jwks().replace("\"", "\\\"") + "\"}";
  }

  private HttpResponse<String> get(int port, String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> with(int port, String token)
      throws IOException, InterruptedException {
    return get(port, "/", "Authorization", "Bearer " + token);
  }

  @Test
  void theApplicationLearnsWhatGoodTokensSayAndFromNobodyElse() throws Exception {
    int port =
        listen(
            provider(
                local()
                    + ",\"forward_payload_header\":\"x-payload\",\"claim_to_headers\":["
                    + "{\"header_name\":\"x-sub\",\"claim_name\":\"sub\"},"
                    + "{\"header_name\":\"x-level\",\"claim_name\":\"deep.level\"},"
                    + "{\"header_name\":\"x-evil\",\"claim_name\":\"evil\"}]"));
    HttpResponse<String> answer =
        get(port, "/", "Authorization", "Bearer " + ISSUER.token(GOOD), "x-evil", "mine");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(app.headers.getFirst().get("X-sub")).containsExactly("alice");
    assertThat(app.headers.getFirst().get("X-level")).containsExactly("3");
    assertThat(app.headers.getFirst())
        .containsKey("X-payload")
        .doesNotContainKeys("Authorization", "X-evil", "B");

    assertThat(get(port, "/open", "x-sub", "admin", "x-payload", "e30").statusCode())
        .isEqualTo(200);
    assertThat(app.headers.getLast()).doesNotContainKeys("X-sub", "X-payload");
  }

  @Test
  void refusalsSayWhyInTheWordsThatCallersKnow() throws Exception {
    int port = listen(provider(local()));
    HttpResponse<String> missing = get(port, "/x?y=1");
    assertThat(missing.statusCode()).isEqualTo(401);
    assertThat(missing.body()).isEqualTo("Jwt is missing");
    assertThat(missing.headers().firstValue("www-authenticate"))
        .contains("Bearer realm=\"http://127.0.0.1:" + port + "/x\"");
    HttpResponse<String> old = with(port, ISSUER.token(GOOD.replace("99999999999", "5")));
    assertThat(old.body()).isEqualTo("Jwt is expired");
    assertThat(old.headers().firstValue("www-authenticate").orElseThrow())
        .endsWith("error=\"invalid_token\"");
    HttpResponse<String> other = with(port, ISSUER.token(GOOD.replace("\"shop\"", "\"bank\"")));
    assertThat(other.statusCode()).isEqualTo(403);
    assertThat(other.body()).isEqualTo("Audiences in Jwt are not allowed");
    assertThat(with(port, Issuer.of("ES256", "one").token(GOOD)).body())
        .isEqualTo("Jwt verification fails");
    assertThat(with(port, ISSUER.token("{\"alg\":\"none\"}", GOOD)).statusCode()).isEqualTo(401);
    assertThat(app.requests).hasValue(0);
  }

  @Test
  void allOfSeveralTokensMustBeGood() throws Exception {
    int port =
        listen(
            provider(
                local()
                    + ",\"from_headers\":[{\"name\":\"x-a\"}],"
                    + "\"from_params\":[\"t\"],\"from_cookies\":[\"c\"]"));
    String good = ISSUER.token(GOOD);
    assertThat(get(port, "/", "x-a", good).statusCode()).isEqualTo(200);
    assertThat(get(port, "/?t=" + good).statusCode()).isEqualTo(200);
    assertThat(get(port, "/", "Cookie", "x=y; c=" + good).statusCode()).isEqualTo(200);
    assertThat(get(port, "/?t=" + good, "x-a", good + "A").statusCode()).isEqualTo(401);
    assertThat(with(port, good).body()).isEqualTo("Jwt is missing");
    // The application reads %74 as t.
    assertThat(get(port, "/?%74=" + good).statusCode()).isEqualTo(200);
    assertThat(get(port, "/?%74=" + good + "A", "x-a", good).statusCode()).isEqualTo(401);
    String eight = ("t=" + good + "&").repeat(8);
    assertThat(get(port, "/?" + eight).statusCode()).isEqualTo(200);
    assertThat(get(port, "/?" + eight + "t=" + good + "A").statusCode()).isEqualTo(401);
  }

  @Test
  void policyKnowsTheClaims() throws Exception {
    String rbac =
        Envoys.filter(
            "rbac",
            """
            "rules":{"policies":{"admins":{"permissions":[{"any":true}],"principals":[
             {"metadata":{"filter":"envoy.filters.http.jwt_authn",
              "path":[{"key":"payload"},{"key":"groups"}],
              "value":{"list_match":{"one_of":{"string_match":{"exact":"admin"}}}}}}]}}}
            """);
    int port = listen(provider(local() + ",\"payload_in_metadata\":\"payload\""), rbac);
    assertThat(with(port, ISSUER.token(GOOD)).statusCode()).isEqualTo(200);
    assertThat(with(port, ISSUER.token(GOOD.replace("admin", "guest"))).statusCode())
        .isEqualTo(403);
    assertThat(get(port, "/open").statusCode()).isEqualTo(403);
  }

  @Test
  void keysAreFetchedOnceForAll() throws Exception {
    AtomicInteger fetches = new AtomicInteger();
    String provider =
        remote(exchange -> {
          fetches.incrementAndGet();
          answer(exchange, ISSUER.jwks());
        });
    int port = listen(provider);
    List<CompletableFuture<Integer>> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(
          client
              .sendAsync(
                  HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/" + i))
                      .header("Authorization", "Bearer " + ISSUER.token(GOOD))
                      .build(),
                  HttpResponse.BodyHandlers.discarding())
              .thenApply(HttpResponse::statusCode));
    }
    for (CompletableFuture<Integer> one : all) {
      assertThat(one.get()).isEqualTo(200);
    }
    assertThat(fetches).hasValue(1);

    // Another listener, or the same with other filters, has them too.
    int other = listen(provider, Envoys.filter("buffer", "\"max_request_bytes\":10"));
    assertThat(with(other, ISSUER.token(GOOD)).statusCode()).isEqualTo(200);
    assertThat(fetches).hasValue(1);
  }

  @Test
  void issuersThatMeanHarmDoNone() throws Exception {
    int endless =
        listen(
            remote(exchange -> {
              exchange.sendResponseHeaders(200, 0);
              try (OutputStream out = exchange.getResponseBody()) {
                for (int i = 0; i < 10_000; i++) {
                  out.write(" ".repeat(10_000).getBytes(StandardCharsets.UTF_8));
                }
              }
            }));
    assertThat(with(endless, ISSUER.token(GOOD)).body()).isEqualTo("Jwks remote fetch is failed");
    int zipped =
        listen(
            remote(exchange -> {
              exchange.getResponseHeaders().add("Content-Encoding", "gzip");
              answer(exchange, ISSUER.jwks());
            }));
    assertThat(with(zipped, ISSUER.token(GOOD)).body()).isEqualTo("Jwks remote fetch is failed");
    int silent =
        listen(
            remote(exchange -> {
              try {
                Thread.sleep(60_000);
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            }));
    assertThat(with(silent, ISSUER.token(GOOD)).body()).isEqualTo("Jwks remote fetch is failed");
    int wrong = listen(remote(exchange -> answer(exchange, "<html>")));
    assertThat(with(wrong, ISSUER.token(GOOD)).body()).isEqualTo("Jwks remote fetch is failed");
  }

  @Test
  void requestUnderWayIsJudgedAgainByTheTokenThatItBrought() throws Exception {
    int port = listen(provider(local()));
    CompletableFuture<HttpResponse<String>> stays = slow(port, 1);
    change(port, provider(local() + ",\"forward_payload_header\":\"x-payload\""));
    assertThat(stays.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);

    CompletableFuture<HttpResponse<String>> ends = slow(port, 2);
    change(port, provider(local()).replace("\"shop\"", "\"bank\""));
    assertThat(ends.get(2, TimeUnit.SECONDS).statusCode()).isEqualTo(403);
  }

  @Test
  void requestUnderWayIsJudgedByKeysThatAreFetchedMeanwhile() throws Exception {
    int port = listen(provider(local()));
    CompletableFuture<HttpResponse<String>> stays = slow(port, 1);
    CompletableFuture<Void> asked = new CompletableFuture<>();
    change(
        port,
        remote(exchange -> {
          asked.complete(null);
          answer(exchange, ISSUER.jwks());
        }));
    asked.get(2, TimeUnit.SECONDS);
    assertThat(stays.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);

    CompletableFuture<HttpResponse<String>> ends = slow(port, 2);
    change(port, remote(exchange -> answer(exchange, Issuer.of("ES256", "one").jwks())));
    assertThat(ends.get(2, TimeUnit.SECONDS).statusCode()).isEqualTo(401);
  }

  /** Begins a request that takes three seconds, and returns once the application has it. */
  private CompletableFuture<HttpResponse<String>> slow(int port, int number) {
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/slow"))
                .header("Authorization", "Bearer " + ISSUER.token(GOOD))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    await().until(() -> app.requests.get() == number);
    return answer;
  }

  private void change(int port, String filter) throws IOException, ResourceRejectedException {
    proxy.plane().listeners().put(Envoys.listener(port, "app", filter));
    proxy.plane().reconsider();
  }

  @Test
  void whatIsNotObeyedIsRefusedByItsPath() {
    assertThatThrownBy(() -> listen(provider("\"local_jwks\":{\"filename\":\"/etc/shadow\"}")))
        .isInstanceOf(ResourceRejectedException.class)
        .hasMessageContaining("providers[p].local_jwks.filename");
    assertThatThrownBy(() -> listen(provider("\"local_jwks\":{\"inline_string\":\"{}\"}")))
        .hasMessageContaining("providers[p].local_jwks");
    assertThatThrownBy(() ->
            listen(
                Envoys.filter(
                    "jwt_authn",
                    "\"rules\":[{\"match\":{\"prefix\":\"/\"},"
                        + "\"requires\":{\"provider_name\":\"q\"}}]")))
        .hasMessageContaining("rules[0].requires.provider_name");
  }

  private interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  private static void answer(HttpExchange exchange, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /** Starts an issuer's server and returns a filter that fetches its keys there. */
  private String remote(Answer answer) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(threads);
    server.createContext("/keys", answer::to);
    server.start();
    keep(() -> {
      server.stop(0);
      threads.shutdownNow();
    });
    int port = server.getAddress().getPort();
    proxy
        .plane()
        .upstreams()
        .configure(Configs.application("keys-" + port, UpstreamConfig.Protocol.HTTP1, port));
    return provider(
        "\"remote_jwks\":{\"http_uri\":{\"uri\":\"http://issuer.example/keys\",\"cluster\":\"keys-"
            + port
            + "\",\"timeout\":\"2s\"}}");
  }
}
