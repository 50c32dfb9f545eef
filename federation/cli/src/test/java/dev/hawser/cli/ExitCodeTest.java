package dev.hawser.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.admin.Problem;
import dev.hawser.api.model.PeerState;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExitCodeTest {
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
  void zeroWhenItWasDone() {
    server.answer("GET /v1/check", Samples.check(true));
    assertThat(run("check").exit()).isZero();
    server.answer("GET /v1/federation", Samples.federation(PeerState.LIVE));
    assertThat(run("federation", "status").exit()).isZero();
    server.answer("GET /v1/cluster", Samples.cluster("SYNCED", ""));
    assertThat(run("cluster", "status").exit()).isZero();
  }

  @Test
  void oneWithTheReasonAndTheNextStepWhenItCouldNotBeDone() {
    server.problem(
        "POST /v1/federation/join",
        new Problem(409, "token-used", "the token was used at 12:00", "ask for a new one"));
    Invocation run = run("join", "hwsr1.abc");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .isEqualTo("error: the token was used at 12:00\n  next: ask for a new one\n");
  }

  @Test
  void oneWhenSomethingElseThanAControlPlaneAnswers() {
    server.raw("GET /v1/services", 502, "<html>");
    Invocation run = run("services");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("answered 502").contains("15080");
    server.raw("GET /v1/services", 200, "<html>");
    assertThat(run("services").exit()).isEqualTo(1);
  }

  @Test
  void twoWhenTheCommandLineIsWrong() {
    for (String[] args :
        new String[][] {
          {"nonsense"},
          {"token", "revoke"},
          {"invite", "--ttl", "soon"},
          {"services", "-o", "xml"},
          {"vm", "invite", "vm-1", "--service", "NotAName", "--port", "80"},
          {"vm", "invite", "vm-1"},
          {"services", "--address", "ftp://127.0.0.1"},
          {"services", "--address", "http://192.0.2.1:15080"}
        }) {
      Invocation run = run(args);
      assertThat(run.exit()).as(String.join(" ", args)).isEqualTo(2);
      assertThat(run.err()).as(String.join(" ", args)).startsWith("error: ");
    }
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void threeWhenSomethingIsNotHealthy() {
    server.answer("GET /v1/check", Samples.check(false));
    assertThat(run("check").exit()).isEqualTo(3);
    server.answer("GET /v1/federation", Samples.federation(PeerState.DEAD));
    assertThat(run("federation", "status").exit()).isEqualTo(3);
    server.answer("GET /v1/cluster", Samples.cluster("HELD", ""));
    assertThat(run("cluster", "status").exit()).isEqualTo(3);
    server.answer("GET /v1/cluster", Samples.cluster("SYNCED", "LDS: refused"));
    assertThat(run("cluster", "status").exit()).isEqualTo(3);
  }

  @Test
  void fourWhenNobodyAnswers() throws Exception {
    String free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = "http://127.0.0.1:" + socket.getLocalPort();
    }
    Invocation run = run("services", "--address", free);
    assertThat(run.exit()).isEqualTo(4);
    assertThat(run.err()).contains(free).contains("hawser cluster start");
  }

  @Test
  void fiveWithoutACredentialOrWithAWrongOne() throws Exception {
    Path absent = folder.resolve("absent");
    Invocation run = run("services", "--token-file", absent.toString());
    assertThat(run.exit()).isEqualTo(5);
    assertThat(run.err()).contains(absent.toString()).contains("--data-dir");
    Path wrong = Files.writeString(folder.resolve("wrong"), "guess\n");
    assertThat(run("services", "--token-file", wrong.toString()).exit()).isEqualTo(5);
    Path empty = Files.writeString(folder.resolve("empty"), "\n");
    assertThat(run("services", "--token-file", empty.toString()).exit()).isEqualTo(5);
  }

  @Test
  void theEnvironmentSelectsTheControlPlaneAndOptionsWinOverIt() throws Exception {
    server.answer("GET /v1/check", Samples.check(true));
    Map<String, String> elsewhere =
        Map.of("HAWSER_ADDRESS", "http://127.0.0.1:1", "HAWSER_DATA_DIR", folder.toString());
    assertThat(Invocation.of(elsewhere, "check").exit()).isEqualTo(4);
    assertThat(Invocation.of(elsewhere, "check", "--address", server.address()).exit()).isZero();
    assertThat(Invocation.of(Map.of(), "--data-dir", folder.toString(), "check").exit()).isZero();
  }

  private Invocation run(String... args) {
    return Invocation.of(server.environment(), args);
  }
}
