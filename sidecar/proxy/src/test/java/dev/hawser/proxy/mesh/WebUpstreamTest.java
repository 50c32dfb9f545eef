package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.proxy.codec.ClusterCodec;
import dev.hawser.proxy.model.ListenerConfig;
import dev.hawser.proxy.model.RetryRule;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.trust.testing.TestAuthority;
import dev.hawser.trust.x509.Certificates;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers outside the mesh that show a certificate for their name. */
class WebUpstreamTest {
  private static final String NAME = "issuer.example";
  private static final String PASSWORD = "only for this test";

  @TempDir private Path folder;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private TestProxy proxy;
  private HttpsServer server;
  private X509Certificate certificate;

  @BeforeEach
  void start() throws Exception {
    proxy = keep(new TestProxy(TestAuthority.create(), "east", "web"));
    KeyStore keys = selfSigned("server", NAME);
    certificate = (X509Certificate) keys.getCertificate("server");
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    keep(() -> server.stop(0));
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

  private KeyStore selfSigned(String alias, String name) throws Exception {
    Path file = folder.resolve(alias + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=dns:" + name,
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).as(Files.readString(folder.resolve("keytool.log"))).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  private UpstreamConfig cluster(String validation, String names) throws ResourceRejectedException {
    return cluster(
        "'typed_config':{'@type':'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3."
            + "UpstreamTlsContext',"
            + names
            + ",'common_tls_context':{'validation_context':{"
            + validation
            + "}}}");
  }

  private UpstreamConfig cluster(String socket) throws ResourceRejectedException {
    return ClusterCodec.read(
        Envoys.cluster(
            """
            {'name':'issuer','type':'LOGICAL_DNS','connect_timeout':'5s',
             'load_assignment':{'cluster_name':'issuer','endpoints':[{'lb_endpoints':[{'endpoint':
               {'address':{'socket_address':{'address':'localhost','port_value':%d}}}}]}]},
             'transport_socket':{'name':'tls',%s}}
            """
                .formatted(server.getAddress().getPort(), socket)
                .replace('\'', '"')));
  }

  private static String trusting(X509Certificate authority) {
    return "'trusted_ca':{'inline_string':'"
        + Certificates.toPem(List.of(authority)).replace("\n", "\\n")
        + "'}";
  }

  private int get(UpstreamConfig upstream) throws Exception {
    int port = Configs.freePort();
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
    assertThat(get(cluster(trusting(certificate), "'sni':'" + NAME + "'"))).isEqualTo(204);
  }

  @Test
  void serverOfAnotherNameIsNot() throws Exception {
    assertThat(get(cluster(trusting(certificate), "'sni':'other.example'"))).isEqualTo(503);
  }

  @Test
  void serverWithoutANameIsNot() throws Exception {
    assertThat(get(cluster(trusting(certificate), "'auto_host_sni':true"))).isEqualTo(503);
  }

  @Test
  void serverOfAnotherAuthorityIsNot() throws Exception {
    X509Certificate stranger =
        (X509Certificate) selfSigned("stranger", NAME).getCertificate("stranger");
    assertThat(get(cluster(trusting(stranger), "'sni':'" + NAME + "'"))).isEqualTo(503);
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
