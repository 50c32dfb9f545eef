package dev.hawser.gateway.boot;

import static dev.hawser.gateway.boot.TestGateway.slot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hawser.engine.testing.FakeControlPlane;
import dev.hawser.trust.testing.TestAuthority;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages of a gateway, and what may be done by them. */
class GatewayAdminTest {
  @TempDir private Path dir;

  private final TestAuthority authority = TestAuthority.create();
  private final RecordingBackend backend = new RecordingBackend("zero");
  private TestGateway west;

  @BeforeEach
  void start() throws Exception {
    FakeControlPlane controlPlane =
        new FakeControlPlane(authority.controlPlane("west"), authority.bundles("west"));
    west = TestGateway.start(authority, "west", dir, controlPlane);
    west.export("orders.shop", 8080, slot(0, 1, backend.port())).publish();
    await().until(() -> west.gateway.isListening());
  }

  @AfterEach
  void stop() throws Exception {
    west.close();
    backend.close();
  }

  @Test
  void administrationIsAsUsersOfEnvoyKnowIt() throws Exception {
    String name = west.sni("orders.shop", 8080);
    assertThat(west.admin("GET", "/help").body()).contains("/drain_listeners");
    assertThat(west.admin("GET", "/stats?filter=membership_total").body())
        .contains("cluster." + name + ".membership_total: ");
    assertThat(west.admin("GET", "/stats?format=json").body())
        .contains("\"name\": \"server.live\"");
    assertThat(west.admin("GET", "/stats?format=prometheus").body())
        .isEqualTo(west.admin("GET", "/stats/prometheus").body());
    assertThat(west.admin("GET", "/stats?filter=(").statusCode()).isEqualTo(400);
    assertThat(west.admin("GET", "/certs").body())
        .contains("spiffe://west.mesh.internal", "days_until_expiration")
        .doesNotContain("PRIVATE");
    assertThat(west.admin("GET", "/memory").body()).contains("\"allocated\"");
    assertThat(west.admin("GET", "/server_info").body()).contains("\"state\": \"LIVE\"");
    assertThat(west.admin("GET", "/listeners?format=json").body())
        .contains("\"port_value\": " + west.port());
    assertThat(west.admin("GET", "/clusters?format=json").body())
        .contains("\"name\": \"" + name + "\"", "\"eds_health_status\"");
    assertThat(west.admin("GET", "/logging").body()).startsWith("active loggers:");
    assertThat(west.admin("POST", "/logging?level=nonsense").statusCode()).isEqualTo(400);
    HttpResponse<String> get = west.admin("GET", "/drain_listeners");
    assertThat(get.statusCode()).isEqualTo(405);
    assertThat(get.headers().firstValue("allow")).contains("POST");
  }

  @Test
  void listenersThatAreDrainedTakeNothingNewAndTheProcessGoesOn() throws Exception {
    try (Socket socket = west.connect()) {
      socket.getOutputStream().write(RawHello.of("s0." + west.sni("orders.shop", 8080)));
      socket.getInputStream().readNBytes(4);
      assertThat(west.admin("POST", "/drain_listeners").statusCode()).isEqualTo(200);
      west.awaitNothingNew();
      socket.getOutputStream().write('x');
      assertThat(socket.getInputStream().read()).isEqualTo('x');
      assertThat(west.admin("GET", "/ready").statusCode()).isEqualTo(503);
      assertThat(west.admin("GET", "/server_info").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void othersMayReadMetricsAndReadinessAndNothingElse() throws Exception {
    assertThat(TestGateway.ask(west.readyPort, "GET", "/ready").statusCode()).isEqualTo(200);
    assertThat(TestGateway.ask(west.metricsPort, "GET", "/stats/prometheus").body())
        .contains("hawser_gateway_open_connections");
    for (int port : new int[] {west.readyPort, west.metricsPort}) {
      assertThat(TestGateway.ask(port, "GET", "/config_dump").statusCode()).isEqualTo(404);
      assertThat(TestGateway.ask(port, "POST", "/drain").statusCode()).isEqualTo(404);
    }
    assertThat(west.admin("POST", "/drain_listeners").statusCode()).isEqualTo(200);
    HttpResponse<String> drained = TestGateway.ask(west.readyPort, "GET", "/ready");
    assertThat(drained.statusCode()).isEqualTo(503);
    assertThat(drained.body()).isEqualTo("listeners are drained\n");
  }

  @Test
  void configurationIsShownAsItCameAndAnExportThatEndedIsNoLongerThere() throws Exception {
    String name = west.sni("orders.shop", 8080);
    assertThat(west.admin("GET", "/config_dump").body())
        .contains("envoy.admin.v3.ClustersConfigDump", "\"name\": \"" + name + "\"")
        .doesNotContain("port_value");
    assertThat(west.admin("GET", "/config_dump?include_eds").body())
        .contains("\"port_value\": " + backend.port(), "\"version_info\"");
    assertThat(west.admin("GET", "/config_dump?resource=secrets").statusCode()).isEqualTo(400);

    west.withdraw("orders.shop", 8080).publish();

    await()
        .untilAsserted(() ->
            assertThat(west.admin("GET", "/config_dump?include_eds").body())
                .contains("ClustersConfigDump")
                .doesNotContain(name));
  }
}
