package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.proxy.model.ListenerConfig;
import dev.hawser.proxy.model.RetryRule;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.testing.ports.FreePorts;
import dev.hawser.trust.testing.TestAuthority;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers outside the mesh that show a certificate for their name. */
class WebUpstreamTest {
  private static final String NAME = "issuer.example";

  @TempDir private Path folder;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private TestProxy proxy;
  private WebIdentities identities;
  private WebServer server;
  private KeyStore keys;

  @BeforeEach
  void start() throws Exception {
    proxy = keep(new TestProxy(TestAuthority.create(), "east", "web"));
    identities = new WebIdentities(folder);
    keys = identities.selfSigned("server", NAME);
    server =
        keep(
            WebServer.start(
                keys,
                0,
                exchange -> {
                  exchange.sendResponseHeaders(204, -1);
                  exchange.close();
                }));
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
    client.close();
  }

  private <T extends AutoCloseable> T keep(T one) {
    open.addFirst(one);
    return one;
  }

  private UpstreamConfig cluster(String validation, String names) throws ResourceRejectedException {
    return WebServer.upstream(server.port(), validation, names);
  }

  private int get(UpstreamConfig upstream) throws Exception {
    int port = FreePorts.next();
    proxy.plane().upstreams().configure(upstream);
    proxy
        .plane()
        .routes()
        .put(Configs.routes("issuer", "issuer", Duration.ofSeconds(10), RetryRule.none()));
    proxy
        .plane()
        .listeners()
        .put(Configs.plain(port, Configs.http(new ListenerConfig.Routes.Named("issuer"), false)));
    return client
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/keys")).build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  void serverOfATrustedAuthorityWithTheRightNameIsUsed() throws Exception {
    assertThat(get(cluster(WebIdentities.trusting(keys), "'sni':'" + NAME + "'"))).isEqualTo(204);
  }

  @Test
  void serverOfAnotherNameIsNot() throws Exception {
    assertThat(get(cluster(WebIdentities.trusting(keys), "'sni':'other.example'"))).isEqualTo(503);
  }

  @Test
  void serverWithoutANameIsNot() throws Exception {
    assertThat(get(cluster(WebIdentities.trusting(keys), "'auto_host_sni':true"))).isEqualTo(503);
  }

  @Test
  void serverOfAnotherAuthorityIsNot() throws Exception {
    KeyStore stranger = identities.selfSigned("stranger", NAME);
    assertThat(get(cluster(WebIdentities.trusting(stranger), "'sni':'" + NAME + "'")))
        .isEqualTo(503);
    assertThat(get(cluster("'system_root_certs':{}", "'sni':'" + NAME + "'"))).isEqualTo(503);
  }

  @Test
  void whoeverWouldBeTrustedUnseenIsRefused() {
    assertThatThrownBy(() -> cluster("'match_typed_subject_alt_names':[]", "'sni':'a.example'"))
        .hasMessageContaining("no authority");
    assertThatThrownBy(() -> cluster("'system_root_certs':{}", "'auto_sni_san_validation':true"))
        .hasMessageContaining("sni");
    assertThatThrownBy(() ->
            cluster(
                "'system_root_certs':{},'match_typed_subject_alt_names':[{'san_type':'DNS',"
                    + "'matcher':{'exact':'b.example'}}]",
                "'sni':'a.example'"))
        .hasMessageContaining("match_typed_subject_alt_names");
    assertThatThrownBy(
            () -> cluster("'trusted_ca':{'filename':'/etc/ssl/ca.pem'}", "'sni':'a.example'"))
        .hasMessageContaining("trusted_ca");
  }
}
