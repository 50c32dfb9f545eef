package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.hawser.proxy.jwt.Issuer;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.testing.ports.FreePorts;
import dev.hawser.trust.testing.TestAuthority;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys of tokens that are fetched over HTTPS from an issuer with a certificate for its name. */
class JwksOverTlsTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String NAME = "issuer.example";
  private static final String CLAIMS =
      "{\"iss\":\"https://issuer.example\",\"sub\":\"alice\",\"exp\":99999999999}";
  private static final String CANNOT_FETCH = "Jwks remote fetch is failed";

  /** Keys are good for twice this time, unless they are fetched anew. */
  private static final Duration FRESH = Duration.ofSeconds(2);

  @TempDir private Path folder;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final AtomicInteger fetchesOfFirst = new AtomicInteger();
  private final AtomicInteger fetchesOfSecond = new AtomicInteger();
  private final Issuer first = Issuer.of("ES256", "first");
  private final Issuer second = Issuer.of("ES256", "second");
  private WebIdentities identities;
  private KeyStore authority;
  private App app;
  private TestProxy proxy;

  @BeforeEach
  void start() throws Exception {
    identities = new WebIdentities(folder);
    authority = identities.authority("public");
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

  private HttpHandler keysOf(Issuer issuer) {
    AtomicInteger fetches = issuer == first ? fetchesOfFirst : fetchesOfSecond;
    return exchange -> {
      fetches.incrementAndGet();
      answer(exchange, issuer.jwks());
    };
  }

  private static void answer(HttpExchange exchange, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /** Starts an issuer's server that an authority vouches for. */
  private WebServer serve(KeyStore keys, int port, Issuer issuer) throws Exception {
    return keep(WebServer.start(keys, port, keysOf(issuer)));
  }

  /** Listens with tokens that the issuer at a port has to have signed. */
  private int listen(int issuer, KeyStore trusted, String name) throws Exception {
    proxy
        .plane()
        .upstreams()
        .configure(
            WebServer.upstream(issuer, WebIdentities.trusting(trusted), "'sni':'" + name + "'"));
    int port = FreePorts.next();
    proxy
        .plane()
        .listeners()
        .put(
            Envoys.listener(
                port,
                "app",
                Envoys.filter(
                    "jwt_authn",
                    "\"providers\":{\"p\":{\"issuer\":\"https://issuer.example\","
                        + "\"remote_jwks\":{\"http_uri\":{\"uri\":\"https://issuer.example/keys\","
                        + "\"cluster\":\"issuer\",\"timeout\":\"5s\"},\"cache_duration\":\""
                        + FRESH.toSeconds()
                        + "s\"}}},\"rules\":[{\"match\":{\"prefix\":\"/\"},"
                        + "\"requires\":{\"provider_name\":\"p\"}}]")));
    return port;
  }

  private HttpResponse<String> with(int port, Issuer issuer)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
            .header("Authorization", "Bearer " + issuer.token(CLAIMS))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private int status(int port, Issuer issuer) throws IOException, InterruptedException {
    return with(port, issuer).statusCode();
  }

  @Test
  void keysOfAnIssuerOfATrustedAuthorityAreUsedAndFetchedAnewWhenTheyAreOld() throws Exception {
    KeyStore keys = identities.signed("public", "server", NAME);
    WebServer before = serve(keys, 0, first);
    int port = listen(before.port(), authority, NAME);
    assertThat(status(port, first)).isEqualTo(200);
    assertThat(status(port, second)).isEqualTo(401);
    assertThat(fetchesOfFirst).hasPositiveValue();

    // The issuer signs with another key from now on.
    before.close();
    serve(keys, before.port(), second);

    await().atMost(LONG).until(() -> status(port, second) == 200);
    assertThat(status(port, first)).as("the withdrawn key").isEqualTo(401);
    assertThat(fetchesOfSecond).hasPositiveValue();
  }

  private void assertNobodyIsLetIn(int port) throws Exception {
    HttpResponse<String> refused = with(port, first);
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.body()).isEqualTo(CANNOT_FETCH);
    assertThat(status(port, second)).isEqualTo(401);
    assertThat(fetchesOfFirst).as("the issuer was asked for nothing").hasValue(0);
    assertThat(app.requests).hasValue(0);
  }

  @Test
  void issuerOfAnotherAuthorityIsAskedForNothingAndNobodyIsLetIn() throws Exception {
    KeyStore stranger = identities.authority("stranger");
    WebServer server = serve(identities.signed("public", "server", NAME), 0, first);

    assertNobodyIsLetIn(listen(server.port(), stranger, NAME));
  }

  @Test
  void issuerOfAnotherNameIsAskedForNothingAndNobodyIsLetIn() throws Exception {
    WebServer server = serve(identities.signed("public", "server", "other.example"), 0, first);

    assertNobodyIsLetIn(listen(server.port(), authority, NAME));
  }

  @Test
  void whoTakesTheIssuersPlaceCannotHaveItsOwnKeysTrustedNorKeepTheOldOnesAlive() throws Exception {
    WebServer server = serve(identities.signed("public", "server", NAME), 0, first);
    int port = listen(server.port(), authority, NAME);
    assertThat(status(port, first)).isEqualTo(200);

    identities.authority("stranger");
    KeyStore forged = identities.signed("stranger", "impostor", NAME);
    server.close();
    serve(forged, server.port(), second);

    await()
        .atMost(LONG)
        .until(() -> {
          assertThat(status(port, second)).isEqualTo(401);
          return with(port, first).body().equals(CANNOT_FETCH);
        });
    assertThat(status(port, second)).isEqualTo(401);
    assertThat(fetchesOfFirst).hasPositiveValue();
    assertThat(fetchesOfSecond).as("the impostor was asked for nothing").hasValue(0);
  }
}
