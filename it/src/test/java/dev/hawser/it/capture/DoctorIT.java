package dev.hawser.it.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.it.harness.Home;
import dev.hawser.it.harness.Managed;
import dev.hawser.it.harness.Shell;
import dev.hawser.it.harness.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What breaks on the way of a call is found in its layer, each with its own remedy. Everything is
 * well before each fault, and after it. Most of them are for {@code make story STORY=DoctorIT}
 * alone.
 */
@Tag("long")
class DoctorIT {
  private static final String ORDERS = "orders.shop:8080";
  private static final Site EAST = new Site("east", 7);

  private static CapturedMesh mesh;
  private static Managed billing;

  @BeforeAll
  static void start() {
    mesh = CapturedMesh.start("doctor", "ALLOW_ANY");
    billing =
        Managed.start(
            "billing",
            mesh.host().dataDir().resolveSibling("log"),
            Map.of(),
            mesh.host()
                .site()
                .command("python3", "-m", "http.server", "8080", "--bind", "127.0.0.1"));
    mesh.host().captureWith();
    mesh.awaitCalls();
    awaitWell();
  }

  @AfterAll
  static void stop() {
    billing.close();
    mesh.close();
  }

  @AfterEach
  void allIsWellAgain() {
    awaitWell();
  }

  /** The first thing that fails, and its remedy. */
  private record Failure(String seen, String fix) {
    static final Failure NONE = new Failure("", "");
  }

  private static Shell.Result doctor(String... arguments) {
    return Shell.run(CapturedHost.BRIEF, command(arguments));
  }

  private static List<String> command(String... arguments) {
    List<String> command = new ArrayList<>(List.of(Home.command("hawser-agent"), "doctor"));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--data-dir", mesh.host().dataDir().toString()));
    return mesh.host().site().command(command);
  }

  private static List<Failure> failures(Shell.Result result) {
    List<Failure> failures = new ArrayList<>();
    List<String> lines = result.output().lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("fail ")) {
        failures.add(new Failure(lines.get(i), lines.get(i + 1)));
      }
    }
    return failures;
  }

  private static void awaitWell() {
    Shell.Result[] last = new Shell.Result[1];
    Awaitility.await("all is well")
        .atMost(Duration.ofSeconds(90))
        .until(() -> {
          last[0] = doctor(ORDERS);
          return last[0].exit() == 0;
        });
    assertThat(failures(last[0])).isEmpty();
    assertThat(last[0].output()).doesNotContain("skipped");
  }

  /** Waits until a layer fails before all others, and returns what is said of it. */
  private static Failure first(String layer, String target) {
    Shell.Result[] last = new Shell.Result[1];
    Awaitility.await(layer + " fails")
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> {
          last[0] = doctor(target);
          assertThat(failures(last[0]).stream().findFirst().orElse(Failure.NONE).seen())
              .as(last[0].output())
              .matches("fail +" + layer + " .*");
        });
    keep(layer, last[0]);
    assertThat(last[0].exit()).isEqualTo(3);
    return failures(last[0]).getFirst();
  }

  /** Waits for the same, and that nothing else fails. */
  private static Failure only(String layer) {
    Failure failure = first(layer, ORDERS);
    assertThat(failures(doctor(ORDERS))).hasSize(1);
    return failure;
  }

  private static void keep(String layer, Shell.Result result) {
    try {
      Path folder = Files.createDirectories(mesh.host().dataDir().resolveSibling("doctor"));
      Files.writeString(
          Files.createTempFile(folder, layer.replace(' ', '-') + "-", ".txt"), result.output());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void filter(Site site, String hook, String rule) {
    inside(
        site,
        "nft",
        "add table inet fault; add chain inet fault c { type filter hook "
            + hook
            + " priority filter + 20; }; add rule inet fault c "
            + rule);
  }

  private static void inside(Site site, String... command) {
    Shell.run(Map.of(), site.command(command)).orFail();
  }

  private static void noFilter(Site site) {
    inside(site, "nft", "delete table inet fault");
  }

  /** As an operator does: the file, then a restart. */
  private static void ports(String text) throws IOException {
    Path file = mesh.host().dataDir().resolve("agent.yaml");
    String yaml = Files.readString(file);
    assertThat(yaml).containsPattern("(?m)^ports: *\\{.*\\}$");
    Files.writeString(file, yaml.replaceFirst("(?m)^ports: *\\{.*\\}$", "ports: {" + text + "}"));
    assertThat(mesh.agent().terminate(30)).isTrue();
    mesh.agent().restart();
    Awaitility.await("the agent serves")
        .atMost(Duration.ofSeconds(60))
        .until(() -> mesh.stats().contains("server.live"));
  }

  @Test
  void whatIsWellIsSaidForRequestsForBytesAndWithoutAService() {
    Shell.Result orders = doctor(ORDERS).orFail();
    keep("well", orders);
    assertThat(orders.output()).contains("GET / of orders.shop:8080", "status 200", "10.96.0.10");
    assertThat(doctor("ledger.shop:5432").orFail().output())
        .contains("connection to ledger.shop:5432 at 240.240.", "it stands");
    assertThat(doctor().orFail().output()).contains("no call: no service was given");
    assertThat(doctor("-o", "json", ORDERS).orFail().output())
        .contains("\"well\" : true", "\"layer\" : \"GATEWAY\"");
  }

  @Test
  void whoIsNotRootIsToldWhatWasNotLookedAt() {
    List<String> asProxy =
        new ArrayList<>(List.of("setpriv", "--reuid", "1337", "--regid", "1337", "--clear-groups"));
    asProxy.addAll(
        List.of(
            Home.command("hawser-agent"),
            "doctor",
            ORDERS,
            "--data-dir",
            mesh.host().dataDir().toString()));
    Shell.Result result =
        Shell.run(CapturedHost.BRIEF, mesh.host().site().command(asProxy)).orFail();
    keep("not-root", result);
    assertThat(result.output())
        .contains("only root may read the rules", "sudo hawser-agent doctor");
  }

  @Test
  void anAgentThatDoesNotRun() {
    assertThat(mesh.agent().terminate(30)).isTrue();
    try {
      Failure failure = only("agent");
      assertThat(failure.seen()).contains("it does not run");
      assertThat(failure.fix()).contains("systemctl start hawser-agent");
    } finally {
      mesh.agent().restart();
    }
  }

  @Test
  void aMachineThatHasNotJoined() throws IOException {
    Path file = mesh.host().dataDir().resolve("agent.yaml");
    Path away = file.resolveSibling("agent.yaml.away");
    Files.move(file, away, StandardCopyOption.ATOMIC_MOVE);
    try {
      Failure failure = only("agent");
      assertThat(failure.seen()).contains("has not joined", file.toString());
      assertThat(failure.fix()).contains("hawser vm invite", "hawser-agent join TOKEN");
    } finally {
      Files.move(away, file, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  @Test
  void dnsThatIsOffAndDnsThatDoesNotAnswer() throws IOException {
    ports("dns: 'off'");
    try {
      Failure failure = only("name");
      assertThat(failure.seen()).contains("ports.dns is 'off'");
      assertThat(failure.fix()).contains("remove 'dns: off'", "agent.yaml", "restart");
    } finally {
      ports("");
    }
    filter(mesh.host().site(), "input", "udp dport 15053 drop");
    try {
      Failure failure = only("name");
      assertThat(failure.seen()).contains("127.0.0.1:15053 does not answer");
      assertThat(failure.fix()).contains("ss -lunp sport = :15053");
    } finally {
      noFilter(mesh.host().site());
    }
  }

  @Test
  void aNameThatNobodyHas() {
    Failure failure = first("name", "ordrs.shop:8080");
    assertThat(failures(doctor("ordrs.shop:8080"))).hasSize(1);
    assertThat(failure.seen()).contains("the mesh has no service ordrs.shop");
    assertThat(failure.fix()).contains("correct the name", "hawser endpoints ordrs.shop", "export");
  }

  @Test
  void captureThatIsRemovedDeletedByHandOrChanged() {
    mesh.host().capture("remove").orFail();
    Failure removed = only("capture");
    assertThat(removed.seen()).contains("nothing is captured", "goes past the proxy");
    assertThat(removed.fix()).contains("hawser-agent capture apply");
    mesh.host().captureWith();

    inside(mesh.host().site(), "nft", "delete", "table", "inet", "hawser");
    Failure deleted = only("capture");
    assertThat(deleted.seen()).contains("somebody removed the rules");
    assertThat(deleted.fix()).contains("hawser-agent capture restore");
    mesh.host().capture("restore").orFail();

    inside(mesh.host().site(), "nft", "flush", "chain", "inet", "hawser", "prerouting");
    Failure changed = only("capture");
    assertThat(changed.seen()).contains("somebody changed the rules", "missing: ");
    assertThat(changed.fix()).contains("hawser-agent capture restore");
    mesh.host().capture("restore").orFail();
  }

  @Test
  void captureToAPortWhereNobodyListens() throws IOException {
    ports("outbound: 15101");
    try {
      Failure failure = only("capture");
      assertThat(failure.seen()).contains("nobody listens at port 15001");
      assertThat(failure.fix())
          .contains("set ports.outbound in", "agent.yaml to 15001 (it is 15101)");
    } finally {
      ports("");
    }
  }

  @Test
  void aKeyThatOthersMayReadAndACertificateThatHasEnded() throws IOException {
    Path key = mesh.host().dataDir().resolve("key.pem").toRealPath();
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    try {
      Failure failure = only("identity");
      assertThat(failure.seen()).contains(key.toString(), "rw-r--r--");
      assertThat(failure.fix()).contains("chmod 600 " + key);
    } finally {
      Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    }
    Path chain = mesh.host().dataDir().resolve("svid.pem").toRealPath();
    byte[] before = Files.readAllBytes(chain);
    Files.write(chain, Files.readAllBytes(ended(key)));
    try {
      Failure failure = only("identity");
      assertThat(failure.seen()).contains("the certificate ended at ");
      assertThat(failure.fix()).contains("timedatectl", "hawser vm invite", "join --force TOKEN");
    } finally {
      Files.write(chain, before);
    }
  }

  /** Makes a certificate of the same key that was good on one day of 2025. */
  private static Path ended(Path key) throws IOException {
    Path folder = Files.createTempDirectory(mesh.host().dataDir().getParent(), "ended");
    Path config =
        Files.writeString(
            folder.resolve("ca.cnf"),
            """
            [ca]
            default_ca = one
            [one]
            database = %1$s/index
            new_certs_dir = %1$s
            serial = %1$s/serial
            default_md = sha256
            policy = any
            [any]
            commonName = supplied
            """
                .formatted(folder));
    Files.writeString(folder.resolve("index"), "");
    Files.writeString(folder.resolve("serial"), "01\n");
    String request = folder.resolve("request.pem").toString();
    String ended = folder.resolve("ended.pem").toString();
    Shell.run(
        "openssl", "req", "-new", "-key", key.toString(), "-subj", "/CN=ended", "-out", request);
    Shell.run(
        "openssl",
        "ca",
        "-batch",
        "-selfsign",
        "-notext",
        "-config",
        config.toString(),
        "-keyfile",
        key.toString(),
        "-in",
        request,
        "-out",
        ended,
        "-startdate",
        "20250101000000Z",
        "-enddate",
        "20250102000000Z");
    return Path.of(ended);
  }

  @Test
  void aControlPlaneThatIsNotReached() {
    filter(mesh.host().site(), "output", "tcp dport { 15012, 15443 } drop");
    try {
      Failure failure = only("control plane");
      assertThat(failure.seen()).contains("no connection to ", ":15012");
      assertThat(failure.fix()).contains("nc -vz ", "controlPlane in ");
    } finally {
      noFilter(mesh.host().site());
    }
  }

  @Test
  void aServiceOfWhichNoEndpointIsReached() {
    filter(EAST, "input", "ip daddr " + mesh.ordersPod() + " tcp dport 15006 drop");
    try {
      Failure failure = first("gateway", ORDERS);
      assertThat(failure.seen())
          .contains("no endpoint of orders.shop:8080 is reached", mesh.ordersPod() + ":15006");
      assertThat(failure.fix()).contains("let TCP from here to", "hawser endpoints orders.shop");
    } finally {
      noFilter(EAST);
    }
  }

  @Test
  void anApplicationOfThisMachineThatDoesNotListen() {
    billing.kill();
    try {
      Failure failure = only("application");
      assertThat(failure.seen()).contains("billing.shop of this machine", "port 8080");
      assertThat(failure.fix()).contains("start the application", "health of billing.shop in");
    } finally {
      billing.restart();
    }
  }
}
