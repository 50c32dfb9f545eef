package dev.hawser.it.capture;

import static dev.hawser.it.capture.CapturedHost.APPLICATION;
import static dev.hawser.it.capture.CapturedHost.OUTSIDE;
import static dev.hawser.it.capture.CapturedHost.OUTSIDE_6;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.it.harness.Managed;
import dev.hawser.it.harness.Shell;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Programs that know nothing of the mesh call its services, and the world outside. */
class CapturedCallsIT {
  private static final String CALLER = "spiffe://east.mesh.internal/ns/shop/sa/billing";

  private static CapturedMesh mesh;

  @BeforeAll
  static void start() {
    mesh = CapturedMesh.start("captured-calls", "ALLOW_ANY");
    assertThat(mesh.curl("http://orders.shop:8080/").exit()).as("nothing is captured").isNotZero();
    mesh.host().captureWith();
    mesh.awaitCalls();
  }

  @AfterAll
  static void stop() {
    mesh.close();
  }

  private static String get(String... arguments) {
    return mesh.curl(arguments).orFail().output();
  }

  @Test
  void aServiceIsReachedByEachOfItsNamesAndAddressesAndSeesWhoCalls() {
    for (String host :
        new String[] {
          "orders.shop",
          "orders.shop.svc",
          "orders.shop.svc.cluster.local",
          "orders.shop.svc.clusterset.local",
          CapturedMesh.CLUSTER_ADDRESS,
          "[" + CapturedMesh.CLUSTER_ADDRESS_6 + "]",
          mesh.ordersPod()
        }) {
      assertThat(get("http://" + host + ":8080/")).as(host).contains("orders-1", CALLER);
    }
    assertThat(get("--interface", mesh.host().site().address(9), "http://orders.shop:8080/"))
        .contains("orders-1", CALLER);
    // A name in the head leads nowhere else: the address decides.
    assertThat(
            get(
                "-H",
                "host: elsewhere.example",
                "http://" + CapturedMesh.CLUSTER_ADDRESS + ":8080/"))
        .contains("orders-1", CALLER);
  }

  @Test
  void bytesReachAServiceThatHasNoAddressOfItsOwn() {
    for (int i = 0; i < 3; i++) {
      assertThat(mesh.host().ask(APPLICATION, "tcp", "ledger.shop", "5432"))
          .isEqualTo("ledger 5432 direct");
    }
    assertThat(mesh.host().inside("getent", "ahosts", "ledger.shop")).contains("240.240.");
    assertThat(mesh.stats())
        .containsPattern("cluster\\.ledger\\.shop:5432\\.upstream_cx_total: [1-9]");
  }

  @Test
  void whatIsInNoRegistryPassesAndIsCounted() {
    assertThat(mesh.host().ask(APPLICATION, "tcp", OUTSIDE, "80")).isEqualTo("outside 80 direct");
    assertThat(mesh.host().ask(APPLICATION, "tcp", OUTSIDE_6, "80")).isEqualTo("outside 80 direct");
    // A port of a known address at which the service has nothing.
    assertThat(mesh.curl("http://" + CapturedMesh.CLUSTER_ADDRESS + ":81/").exit()).isNotZero();
    assertThat(mesh.stats())
        .containsPattern(
            "istio_tcp_connections_opened_total\\{[^}]*destination_service_name=\"PassthroughCluster\"[^}]*} [2-9]");
  }

  @Test
  void whatIsInNoRegistryIsRefusedWhereThePolicySaysSo() {
    mesh.policy("REGISTRY_ONLY");
    try {
      assertThat(mesh.host().ask(APPLICATION, "tcp", OUTSIDE, "80")).doesNotContain("direct");
      assertThat(mesh.host().ask(APPLICATION, "tcp", "ledger.shop", "5432"))
          .isEqualTo("ledger 5432 direct");
      assertThat(mesh.stats())
          .containsPattern("destination_service_name=\"BlackHoleCluster\"[^}]*} [1-9]");
    } finally {
      mesh.policy("ALLOW_ANY");
    }
  }

  @Test
  void nothingOfACallCanBeReadOnTheWay() {
    try (Managed _ = mesh.webOutside(8099)) {
      assertThat(seen("canary-outside", "http://" + OUTSIDE + ":8099/canary-outside"))
          .as("else the watcher sees nothing at all")
          .doesNotContain("text 0");
    }
    String inside =
        seen(
            "canary-inside",
            "http://orders.shop:8080/?canary-inside",
            "http://" + mesh.ordersPod() + ":8080/canary-inside");
    assertThat(inside).contains("with the text 0").doesNotContain("packets 0");
  }

  private static String seen(String text, String... urls) {
    try (Managed watcher = mesh.watch(text)) {
      for (String url : urls) {
        // Who is outside speaks no HTTP: it matters what was sent.
        var _ = mesh.curl(url);
      }
      assertThat(watcher.terminate(20)).isTrue();
      return watcher.lastWords().strip();
    }
  }

  @Test
  void aFrozenControlPlaneKeepsNobodyFromTheWorld() {
    assertThat(get("http://orders.shop:8080/")).contains("orders-1");
    mesh.member().controlPlane().freeze();
    try {
      // Nobody has called there before, so nobody can say who it is.
      assertThat(mesh.host().ask(APPLICATION, "tcp", "203.0.113.9", "80"))
          .isEqualTo("outside 80 direct");
      assertThat(get("http://" + CapturedMesh.CLUSTER_ADDRESS + ":8080/"))
          .contains("orders-1", CALLER);
    } finally {
      mesh.member().controlPlane().thaw();
    }
  }

  @Test
  void aProxyThatIsKilledComesBackAndSoDoTheCalls() {
    assertThat(mesh.doctor("orders.shop:8080").output())
        .contains("status 200", "nobody listens at port 8080");
    mesh.agent().kill();
    Shell.Result broken = mesh.doctor("orders.shop:8080");
    assertThat(broken.exit()).isEqualTo(3);
    assertThat(broken.output()).contains("it does not run", "systemctl start hawser-agent");
    assertThat(mesh.curl("http://" + CapturedMesh.CLUSTER_ADDRESS + ":8080/").output())
        .containsAnyOf("refused", "Connection reset", "Couldn't connect", "Failed to connect");
    mesh.agent().restart();
    mesh.awaitCalls();
    assertThat(mesh.host().ask(APPLICATION, "tcp", "ledger.shop", "5432"))
        .isEqualTo("ledger 5432 direct");
  }
}
