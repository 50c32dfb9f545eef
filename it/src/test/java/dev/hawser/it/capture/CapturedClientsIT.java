package dev.hawser.it.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.it.harness.Home;
import dev.hawser.it.harness.Managed;
import dev.hawser.it.harness.Shell;
import dev.hawser.it.programs.Programs;
import dev.hawser.it.quotes.QuoteServer;
import dev.hawser.it.quotes.Quotes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Programs as people have them call services of the mesh and know nothing of it: Java, gRPC in
 * Python, psql, and one that opens five hundred connections a second. For {@code make story
 * STORY=CapturedClientsIT} alone: it takes minutes, and needs PostgreSQL of the system and what
 * {@code it/programs/install grpcio} installs.
 */
@Tag("long")
class CapturedClientsIT {
  private static final String CALLER = "spiffe://east.mesh.internal/ns/shop/sa/billing";
  private static final int RATE = 500;

  /** All workloads of the cluster share its machine, on which another has 5432. */
  private static final int DATABASE = 5433;

  /** With so many connections a client's ports, 28,232 by default, are used up and used again. */
  private static final int SECONDS = 70;

  private static CapturedMesh mesh;

  @BeforeAll
  static void start() {
    String quotes = "quotes-1";
    mesh =
        CapturedMesh.start(
            "captured-clients",
            "ALLOW_ANY",
            new CapturedMesh.Extra(
                "quotes",
                "grpc",
                8080,
                22,
                address -> Quotes.command(QuoteServer.class, quotes, address, "8080")),
            new CapturedMesh.Extra(
                "unheard",
                "tcp",
                8085,
                24,
                _ -> List.of("python3", CapturedHost.SCRIPT, "0:0", "serve", "unheard", "8085")),
            new CapturedMesh.Extra(
                "accounts",
                "postgres",
                DATABASE,
                23,
                address ->
                    List.of(
                        "bash",
                        Home.checkout()
                            .resolve("it/src/test/resources/capture/postgres.sh")
                            .toString(),
                        Home.folder("postgres").toString(),
                        address,
                        Integer.toString(DATABASE))));
    mesh.host().captureWith();
    mesh.awaitCalls();
  }

  @AfterAll
  static void stop() {
    mesh.close();
  }

  private static String resource(String name) {
    return Home.checkout().resolve("it/src/test/resources/capture").resolve(name).toString();
  }

  @Test
  void aJavaProgramThatKeepsWhatItOnceResolvedGoesOnAfterItsProxyWasKilled() throws IOException {
    Path classes = Home.checkout().resolve("it/target/test-classes");
    try (Managed caller =
        mesh.program(
            "java-caller",
            Home.java(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classes.toString(),
            KeepingCaller.class.getName(),
            "http://orders.shop:8080/")) {
      awaitWords(caller, "answer from " + CapturedMesh.CLUSTER_ADDRESS + ":");
      assertThat(caller.lastWords()).contains("orders-1", CALLER);

      mesh.agent().kill();
      awaitWords(caller, "no answer");
      mesh.agent().restart();
      mesh.awaitCalls();

      long seen = answers(caller);
      Awaitility.await("it is answered again")
          .atMost(Duration.ofSeconds(30))
          .until(() -> answers(caller) > seen + 3);
    }
  }

  private static void awaitWords(Managed program, String words) {
    Awaitility.await(program.name() + " says " + words)
        .atMost(Duration.ofSeconds(60))
        .until(() -> program.lastWords().contains(words));
  }

  private static long answers(Managed program) throws IOException {
    return program.log().lines().filter(line -> line.startsWith("answer from")).count();
  }

  @Test
  void gRpcInPythonIsAnsweredAndItsCallerKnown() {
    assertThat(
            // As root, who alone may read where programs are installed, and is captured as well.
            mesh.host()
                .inside(Programs.pythonWithGrpc(), resource("quotes.py"), "quotes.shop:8080"))
        .contains("quotes-1", CALLER);
  }

  @Test
  void psqlReachesItsDatabase() {
    assertThat(
            mesh.run(
                    "psql",
                    "-h",
                    "accounts.shop",
                    "-p",
                    Integer.toString(DATABASE),
                    "-U",
                    "postgres",
                    "-tAc",
                    "select 'from ' || current_setting('cluster_name')")
                .orFail()
                .output())
        .contains("from accounts in the mesh");
  }

  @Test
  void fiveHundredConnectionsEachSecondUseNothingUp() {
    String answers =
        Shell.run(
                Duration.ofSeconds(SECONDS + 60),
                Map.of(),
                mesh.host()
                    .site()
                    .command(
                        "python3",
                        CapturedHost.SCRIPT,
                        CapturedHost.APPLICATION + ":" + CapturedHost.APPLICATION,
                        "requests",
                        "orders.shop",
                        "8080",
                        Integer.toString(RATE),
                        Integer.toString(SECONDS)))
            .orFail()
            .output();
    System.out.println("STORY short connections: " + answers.strip());
    assertThat(answers).contains("{'HTTP/1.1 200 OK': " + RATE * SECONDS + "}");
    assertThat(mesh.host().inside("dmesg")).doesNotContain("nf_conntrack: table full");
  }

  @Test
  void aProgramThatIsThereBeforeItsProxyIsServedOnceThatIsThere() {
    mesh.agent().kill();
    try (Managed early =
        mesh.program(
            "early-" + System.nanoTime(),
            "curl",
            "-sS",
            "--retry",
            "60",
            "--retry-all-errors",
            "--retry-delay",
            "1",
            "http://" + CapturedMesh.CLUSTER_ADDRESS + ":8080/")) {
      awaitWords(early, "curl: ");
      mesh.agent().restart();
      awaitWords(early, CALLER);
    }
    mesh.awaitCalls();
  }

  @Test
  void aConfigurationThatIsLateKeepsNobodyFromWhatWasKnown() {
    mesh.awaitCalls();
    mesh.member().controlPlane().freeze();
    try {
      mesh.agent().kill();
      mesh.agent().restart();
      mesh.awaitCalls();
      // Nobody has asked for it before, and nobody can say who it is.
      assertThat(mesh.run("getent", "hosts", "unheard.shop").exit()).isNotZero();
    } finally {
      mesh.member().controlPlane().thaw();
    }
    Awaitility.await("it is known once the configuration has come")
        .atMost(Duration.ofSeconds(60))
        .until(() -> mesh.run("getent", "hosts", "unheard.shop").output().contains("240.240."));
    assertThat(mesh.host().ask(CapturedHost.APPLICATION, "tcp", "unheard.shop", "8085"))
        .isEqualTo("unheard 8085 direct");
  }

  @Test
  void aMachineWhoseResolversAreDownStillFindsTheMesh() {
    // Those of the harness's own machine are nowhere in here: what the mesh does not know ends.
    assertThat(mesh.run(Duration.ofSeconds(30), "getent", "hosts", "nobody.example.com").exit())
        .isNotZero();
    assertThat(mesh.curl("http://orders.shop:8080/").orFail().output()).contains("orders-1");
  }
}
