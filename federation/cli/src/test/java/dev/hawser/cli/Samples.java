package dev.hawser.cli;

import dev.hawser.api.admin.AuthorityStatus;
import dev.hawser.api.admin.CheckReport;
import dev.hawser.api.admin.ClusterStatus;
import dev.hawser.api.admin.EndpointView;
import dev.hawser.api.admin.FederationStatus;
import dev.hawser.api.admin.IssuedToken;
import dev.hawser.api.admin.JoinReport;
import dev.hawser.api.admin.ServiceView;
import dev.hawser.api.admin.TokenView;
import dev.hawser.api.model.PeerState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Answers of a control plane that has something to tell. */
final class Samples {
  private static final Instant NOW = Invocation.NOW;

  private Samples() {}

  private static Instant ago(Duration age) {
    return NOW.minus(age);
  }

  static IssuedToken token() {
    return new IssuedToken("0123456789abcdef", "hwsr1.c2VjcmV0", NOW.plus(Duration.ofMinutes(15)));
  }

  static AuthorityStatus authority() {
    return new AuthorityStatus(
        "west",
        "west.mesh.internal",
        "east",
        authority("", "0a55", "CURRENT", Duration.ofDays(40), Duration.ofDays(3600)),
        authority(
            "west.mesh.internal", "0c21", "CURRENT", Duration.ofMinutes(3), Duration.ofDays(365)),
        List.of(
            authority(
                "west.mesh.internal",
                "0b17",
                "REVOKED",
                Duration.ofDays(30),
                Duration.ofDays(335))));
  }

  private static AuthorityStatus.Certificate authority(
      String trustDomain, String serial, String state, Duration age, Duration left) {
    return new AuthorityStatus.Certificate(
        trustDomain, serial, serial.repeat(16), ago(age), NOW.plus(left), state, age.toSeconds());
  }

  static ClusterStatus cluster(String registryState, String nack) {
    return new ClusterStatus(
        "east",
        "mesh.internal",
        "5f0c1f5e-7a3b-4e55-9a51-0d4e3b7c8a10",
        "0.1.0",
        ago(Duration.ofMinutes(42)),
        "east",
        3,
        "9b1c77ab",
        "east",
        NOW.plus(Duration.ofDays(300)),
        List.of(
            new ClusterStatus.RegistryStatus(
                "kubernetes",
                "KUBERNETES",
                "SYNCED",
                "",
                12,
                31,
                List.of("Service shop/Bad_Name: not a label"),
                ago(Duration.ofSeconds(3))),
            new ClusterStatus.RegistryStatus(
                "consul/dc1",
                "CONSUL",
                registryState,
                registryState.equals("HELD") ? "reports 2 of 40 services; the others are kept" : "",
                40,
                80,
                List.of(),
                ago(Duration.ofMinutes(4)))),
        List.of(
            new ClusterStatus.GatewayStatus(
                "east-gateway-1", "127.1.0.2:15443", true, ago(Duration.ofMinutes(40))),
            new ClusterStatus.GatewayStatus(
                "east-gateway-2", "127.1.0.3:15443", false, ago(Duration.ofSeconds(9)))),
        List.of(
            new ClusterStatus.ProxyStatus(
                "web-1",
                "spiffe://east.mesh.internal/ns/shop/sa/web",
                "127.1.0.10",
                "sidecar",
                true,
                "",
                ago(Duration.ofHours(5))),
            new ClusterStatus.ProxyStatus(
                "envoy-1",
                "spiffe://east.mesh.internal/ns/shop/sa/api",
                "127.1.0.11",
                "envoy",
                false,
                nack,
                ago(Duration.ofSeconds(90)))));
  }

  static FederationStatus federation(PeerState west) {
    return new FederationStatus(
        "east",
        "mesh.internal",
        "east",
        List.of(
            new FederationStatus.Member(
                "west",
                "7a0e",
                west,
                west == PeerState.LIVE ? "" : "its control plane is silent, its gateways answer",
                west == PeerState.LIVE ? 1 : 47,
                8,
                120,
                List.of(
                    new FederationStatus.GatewayProbe("127.2.0.2:15443", true, NOW),
                    new FederationStatus.GatewayProbe("127.2.0.3:15443", false, NOW)),
                List.of("orders.shop", "payments.shop"),
                List.of("orders.shop"))),
        List.of(
            new FederationStatus.Conflict(
                "ledger.shop",
                "not-exported-here",
                "west exports it too; only the local one is used: export it here to merge them")));
  }

  static List<TokenView> tokens() {
    return List.of(
        new TokenView(
            "0123456789abcdef",
            "CLUSTER",
            "any",
            "OPEN",
            ago(Duration.ofMinutes(1)),
            NOW.plus(Duration.ofMinutes(14)),
            0),
        new TokenView(
            "fedcba9876543210",
            "VM",
            "vm-1",
            "USED",
            ago(Duration.ofHours(3)),
            ago(Duration.ofMinutes(165)),
            2));
  }

  static List<ServiceView> services() {
    return List.of(
        new ServiceView(
            "orders.shop",
            List.of("8080/http"),
            "everyone",
            2,
            4,
            List.of("kubernetes", "west"),
            List.of("west declares port 8080 as tcp; the older declaration, http, is used")),
        new ServiceView(
            "billing.shop",
            List.of("8080/http", "9090/grpc"),
            "private",
            1,
            0,
            List.of("vm"),
            List.of()));
  }

  static List<EndpointView> endpoints() {
    return List.of(
        endpoint("10.0.0.7", -1, "east", "kubernetes", "orders-6f7c", "eu/a", "healthy", 75),
        endpoint("127.2.0.2:15443", 3, "west", "peer/west", "", "eu/b", "stale", 260_000),
        endpoint("10.0.0.9", -1, "east", "consul/dc1", "node\u001b[31m-2", "", "no-proxy", 4000));
  }

  private static EndpointView endpoint(
      String address,
      int slot,
      String cluster,
      String source,
      String owner,
      String locality,
      String health,
      long age) {
    return new EndpointView(
        "orders.shop",
        address,
        slot,
        cluster,
        source.toUpperCase(java.util.Locale.ROOT),
        source,
        owner,
        locality,
        "spiffe://east.mesh.internal/ns/shop/sa/orders",
        health,
        true,
        ago(Duration.ofSeconds(age)),
        age);
  }

  static CheckReport check(boolean healthy) {
    return new CheckReport(
        healthy,
        List.of(
            new CheckReport.Item("state store", "pass", "", ""),
            new CheckReport.Item(
                "gateways", "warn", "one of two is connected", "hawser cluster status"),
            new CheckReport.Item(
                "registry consul/dc1",
                healthy ? "pass" : "fail",
                healthy ? "" : "held: it reports 2 of 40 services",
                healthy ? "" : "hawser registry accept consul/dc1")));
  }

  static JoinReport join(boolean joined) {
    return new JoinReport(
        joined,
        "east",
        "east",
        List.of("east", "west"),
        List.of("orders.shop", "payments.shop"),
        List.of("The clocks differ by 2 s."));
  }
}
