package dev.hawser.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.hawser.api.admin.TokenRequest;
import dev.hawser.cli.command.RootCommand;
import dev.hawser.cli.output.StructuredOutput;
import dev.hawser.cli.shell.Terminal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandTest {
  @TempDir private Path folder;
  private AdminServer server;

  @BeforeEach
  void start() throws Exception {
    server = AdminServer.start(folder);
    server.answer("POST /v1/tokens", Samples.token());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void theOutputOfAnInvitationIsTheTokenAlone() {
    Invocation run = run("invite", "--cluster", "west", "--ttl", "1h");
    assertThat(run.out()).isEqualTo("hwsr1.c2VjcmV0\n");
    assertThat(run.err()).contains("once").contains("15m").contains("hawser join");
    TokenRequest request = tokenRequest();
    assertThat(request).isEqualTo(new TokenRequest("CLUSTER", "west", "", "", List.of(), 3600));
  }

  @Test
  void aVmBringsEachServiceWithThePortsThatFollowIt() {
    run(
        "vm",
        "invite",
        "vm-1",
        "--service",
        "billing.shop",
        "--port",
        "http:8080/http=9000",
        "--service",
        "db.data",
        "--port",
        "5432/tcp",
        "--port",
        "9187/http",
        "--export",
        "west");
    assertThat(tokenRequest())
        .isEqualTo(
            new TokenRequest(
                "VM",
                "vm-1",
                "shop",
                "billing",
                List.of(
                    new TokenRequest.LeasedService(
                        "billing.shop", List.of("http:8080/http=9000"), "west"),
                    new TokenRequest.LeasedService(
                        "db.data", List.of("5432/tcp", "9187/http"), "west")),
                900));
  }

  @Test
  void exportWithoutNamesMeansEverybody() {
    run("vm", "invite", "vm-1", "--service", "billing.shop", "--port", "80", "--export");
    assertThat(tokenRequest().services().getFirst().export()).isEqualTo("true");
  }

  @Test
  void workloadAndGatewayTokensNameTheirIdentity() {
    run("token", "issue", "--namespace", "shop", "--service-account", "web");
    assertThat(tokenRequest())
        .isEqualTo(new TokenRequest("WORKLOAD", "web", "shop", "web", List.of(), 900));
    run("gateway", "invite", "gateway-2");
    assertThat(tokenRequest())
        .isEqualTo(new TokenRequest("GATEWAY", "gateway-2", "", "", List.of(), 900));
  }

  @Test
  void aTokenCanComeByTheInputAndIsNotShownAgain() {
    server.answer("POST /v1/federation/join", Samples.join(true));
    Invocation run = Invocation.of(server.environment(), "hwsr1.abc\n", false, "join", "-");
    assertThat(run.exit()).isZero();
    assertThat(server.requests().getLast().body()).contains("\"hwsr1.abc\"");
    assertThat(run.out() + run.err()).doesNotContain("hwsr1.abc");
    assertThat(Invocation.of(server.environment(), "", false, "join", "-").exit()).isEqualTo(2);
  }

  @Test
  void leavingIsConfirmedByTheClustersName() {
    server.answer("GET /v1/cluster", Samples.cluster("SYNCED", ""));
    server.raw("POST /v1/federation/leave", 204, "");
    assertThat(run("leave").exit()).as("nobody to ask").isEqualTo(2);
    assertThat(Invocation.of(server.environment(), "west\n", true, "leave").exit()).isEqualTo(1);
    assertThat(server.requests()).noneMatch(r -> r.method().equals("POST"));
    assertThat(Invocation.of(server.environment(), "east\n", true, "leave").exit()).isZero();
    assertThat(run("leave", "--yes").exit()).isZero();
  }

  @Test
  void namesWithSlashesArriveWhole() {
    server.raw("POST /v1/registries/consul%2Fdc1/accept", 204, "");
    assertThat(run("registry", "accept", "consul/dc1").exit()).isZero();
    server.raw("DELETE /v1/tokens/7f3a", 204, "");
    assertThat(run("token", "revoke", "7f3a").exit()).isZero();
  }

  @Test
  void everyCommandHasHelpAndEveryOneThatDoesSomethingHasExamples() {
    CommandLine root = new CommandLine(new RootCommand(Terminal.system()));
    assertHasHelp(root, "hawser");
  }

  private void assertHasHelp(CommandLine command, String path) {
    String help = command.getUsageMessage();
    assertThat(command.getCommandSpec().usageMessage().description()).as(path).isNotEmpty();
    if (command.getSubcommands().isEmpty()) {
      assertThat(help).as(path).contains("Examples:").contains("  hawser ");
    }
    for (Map.Entry<String, CommandLine> sub : command.getSubcommands().entrySet()) {
      assertHasHelp(sub.getValue(), path + " " + sub.getKey());
    }
  }

  private TokenRequest tokenRequest() {
    try {
      return StructuredOutput.parse(
          server.requests().getLast().body(), new TypeReference<TokenRequest>() {});
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private Invocation run(String... args) {
    return Invocation.of(server.environment(), args);
  }
}
