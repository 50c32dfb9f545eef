package dev.hawser.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.admin.ApplyReport;
import dev.hawser.api.model.PeerState;
import dev.hawser.testing.golden.Golden;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoldenOutputTest {
  @TempDir private Path folder;
  private AdminServer server;

  @BeforeEach
  void start() throws Exception {
    server = AdminServer.start(folder);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void clusterStatus() throws Exception {
    server.answer("GET /v1/cluster", Samples.cluster("HELD", "LDS: unknown field 'x'"));
    golden("cluster-status", "cluster", "status");
  }

  @Test
  void federationStatus() throws Exception {
    server.answer("GET /v1/federation", Samples.federation(PeerState.CONTROL_LOST));
    golden("federation-status", "federation", "status");
  }

  @Test
  void authorityStatus() throws Exception {
    server.answer("GET /v1/authority", Samples.authority());
    golden("authority-status", "authority", "status");
  }

  @Test
  void authorityRenewed() throws Exception {
    server.answer("POST /v1/authority/renew", Samples.authority());
    golden("authority-renew", "authority", "renew");
  }

  @Test
  void authorityRevoked() throws Exception {
    server.raw("DELETE /v1/authority/intermediates/0b17", 200, "");
    assertThat(run("authority", "revoke", "0b17").out())
        .isEqualTo("Intermediate 0b17 is revoked.\n");
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void services() throws Exception {
    server.answer("GET /v1/services", Samples.services());
    golden("services", "services");
  }

  @Test
  void endpoints() throws Exception {
    server.answer("GET /v1/endpoints?service=orders.shop", Samples.endpoints());
    golden("endpoints", "endpoints", "orders.shop");
  }

  @Test
  void endpointsAsYaml() throws Exception {
    server.answer("GET /v1/endpoints", Samples.endpoints().subList(0, 1));
    golden("endpoints-yaml", "endpoints", "-o", "yaml");
  }

  @Test
  void tokens() throws Exception {
    server.answer("GET /v1/tokens", Samples.tokens());
    golden("token-list", "token", "list");
  }

  @Test
  void tokensAsJson() throws Exception {
    server.answer("GET /v1/tokens", Samples.tokens());
    golden("token-list-json", "token", "list", "-o", "json");
  }

  @Test
  void check() throws Exception {
    server.answer("GET /v1/check", Samples.check(false));
    golden("check", "check");
  }

  @Test
  void joinAndItsPlan() throws Exception {
    server.answer("POST /v1/federation/join", Samples.join(true));
    golden("join", "join", "hwsr1.abc");
    server.answer("POST /v1/federation/join", Samples.join(false));
    golden("join-plan", "join", "hwsr1.abc", "--plan");
  }

  @Test
  void apply() throws Exception {
    server.answer(
        "POST /v1/apply?delete=false&dryRun=true",
        new ApplyReport(
            List.of(
                new ApplyReport.Item("VirtualService", "shop", "orders", "created", List.of()),
                new ApplyReport.Item(
                    "DestinationRule",
                    "shop",
                    "orders",
                    "refused",
                    List.of("spec.trafficPolicy.tls: not implemented")))));
    Invocation run =
        Invocation.of(
            server.environment(), "kind: VirtualService\n", false, "apply", "--dry-run", "-f", "-");
    Golden.assertMatches("apply", run.out());
    assertThat(run.exit()).isEqualTo(1);
    assertThat(server.requests().getFirst().contentType()).isEqualTo("application/yaml");
    assertThat(server.requests().getFirst().body()).isEqualTo("kind: VirtualService\n");
  }

  @Test
  void emptyListsSayWhatToDoNext() throws Exception {
    server
        .answer("GET /v1/services", List.of())
        .answer("GET /v1/endpoints?service=orders.shop", List.of())
        .answer("GET /v1/tokens", List.of());
    StringBuilder all = new StringBuilder();
    all.append(run("services").out());
    all.append(run("endpoints", "orders.shop").out());
    all.append(run("token", "list").out());
    Golden.assertMatches("empty", all.toString());
  }

  private void golden(String name, String... args) throws Exception {
    Golden.assertMatches(name, run(args).out());
  }

  private Invocation run(String... args) {
    return Invocation.of(server.environment(), args);
  }
}
