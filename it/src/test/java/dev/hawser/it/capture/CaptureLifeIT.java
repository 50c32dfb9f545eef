package dev.hawser.it.capture;

import static dev.hawser.it.capture.CapturedHost.APPLICATION;
import static dev.hawser.it.capture.CapturedHost.OUTSIDE;
import static dev.hawser.it.capture.CapturedHost.PROXY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hawser.it.harness.Home;
import dev.hawser.it.harness.Internet;
import dev.hawser.it.harness.LoopbackMesh;
import dev.hawser.it.harness.Managed;
import dev.hawser.it.harness.Member;
import dev.hawser.it.harness.Shell;
import dev.hawser.it.harness.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A plan is applied, confirms itself or goes away, is changed by somebody, and comes back. */
class CaptureLifeIT {
  private static final String WAY = "10.1.0.0/24";

  private static Path folder;
  private static Internet nowhere;
  private static Managed outside;
  private static Member east;
  private static CapturedHost host;
  private static String others;

  @BeforeAll
  static void start() throws IOException {
    folder = Home.folder("capture-life");
    nowhere = Internet.none();
    outside = CapturedHost.outside(folder);
    Site site = nowhere.site("east", 1);
    Shell.run("sysctl", "-q", "-w", "net.ipv4.ip_forward=1");
    Shell.run(
        site.command("ip", "route", "add", "default", "via", site.harnessAddress())
            .toArray(String[]::new));
    Path services = Files.createDirectories(folder.resolve("services"));
    east =
        Member.start(
            "east", site, folder, Map.of("HAWSER_REGISTRY_FILE_DIRECTORY", services.toString()));
    host = CapturedHost.bare(nowhere, folder, "life", 6);
    host.populate();
    String token =
        LoopbackMesh.token(
            east.hawser(
                "vm", "invite", "vm", "--service", "billing.shop", "--port", "http:8080/http"));
    Shell.run(
            Map.of(),
            host.site()
                .command(
                    "setpriv",
                    "--reuid=" + PROXY,
                    "--regid=" + PROXY,
                    "--clear-groups",
                    Home.command("hawser-agent"),
                    "join",
                    token,
                    "--address",
                    host.address(),
                    "--data-dir",
                    host.dataDir().toString()))
        .orFail();
    others = host.rulesOfOthers();
  }

  @AfterAll
  static void stop() {
    host.close();
    east.close();
    outside.close();
    nowhere.close();
  }

  @AfterEach
  void whatOthersHaveIsAsBefore() {
    host.capture("remove").orFail();
    assertThat(host.ours()).isEmpty();
    assertThat(host.rulesOfOthers()).isEqualTo(others);
  }

  @Test
  void itConfirmsItselfOnceTheAgentReachesItsControlPlaneAndTheSessionLives() {
    try (Managed session = session("session-that-lives")) {
      Shell.Result apply = host.capture(connection(session), "apply");
      assertThat(apply.exit()).as(apply.output()).isZero();
      assertThat(apply.output())
          .contains("All other TCP goes to the proxy at port 15001.", "Applied.", "Confirmed.");
      assertState("confirmed", 0);
      assertCaptured(true);
      // Now that it is captured, again and with another plan in its place.
      host.capture(connection(session), "apply", "--exclude-outbound-ports", "25").orFail();
      assertState("confirmed", 0);
      assertThat(host.ask(APPLICATION, "tcp", OUTSIDE, "25")).isEqualTo("outside 25 direct");
    }
  }

  @Test
  void anAgentThatDoesNotReachItsControlPlaneHasThePlanTakenBack() {
    cut();
    try {
      Shell.Result apply = host.capture("apply", "--confirm-within", "12");
      assertThat(apply.exit()).as(apply.output()).isEqualTo(1);
      assertThat(apply.output())
          .contains(
              "not confirmed and is rolled back: the control plane does not answer at 10.1.0.1");
    } finally {
      heal();
    }
    assertThat(host.ours()).isEmpty();
    assertState("rolled back", 3);
    assertCaptured(false);
  }

  @Test
  void aPlanThatCapturesTheAgentItselfNeverConfirms() {
    Shell.Result apply = host.capture("apply", "--confirm-within", "12", "--proxy-user", "4242");
    assertThat(apply.exit()).as(apply.output()).isEqualTo(1);
    assertThat(apply.output()).contains("rolled back: the control plane does not answer");
    assertThat(host.ours()).isEmpty();
  }

  @Test
  void aSessionThatEndsHasThePlanTakenBack() {
    cut();
    Managed session = session("session-that-ends");
    Map<String, String> connection = connection(session);
    try (Managed apply =
        Managed.start(
            "apply",
            folder.resolve("log"),
            connection,
            host.command("apply", "--confirm-within", "20"))) {
      await("it is applied").atMost(Duration.ofSeconds(20)).until(() -> !host.ours().isEmpty());
      session.close();
      heal();
      await("it has ended").atMost(Duration.ofSeconds(40)).until(() -> !apply.isAlive());
      assertThat(apply.lastWords()).contains("rolled back: the SSH session from ", "has ended");
    }
    assertThat(host.ours()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nftables", "iptables"})
  void itGoesAwayByItself(String filter) {
    host.capture("apply", "--by-hand", "--confirm-within", "12", "--filter", filter).orFail();
    long applied = System.nanoTime();
    Shell.Result status = host.capture("status").orFail();
    assertThat(status.output()).containsPattern("^applied, unconfirmed, ([0-9]|1[01]) s left");
    assertCaptured(true);
    await("the rollback")
        .atMost(Duration.ofSeconds(20))
        .until(() -> !tcp().startsWith("proxy") && rules(filter).isEmpty());
    System.out.println(
        "STORY capture: "
            + filter
            + " rolled back after "
            + Duration.ofNanos(System.nanoTime() - applied).toMillis()
            + " ms of 12 s");
    assertState("rolled back", 3);
    Shell.Result late = host.capture("confirm");
    assertThat(late.exit()).isEqualTo(1);
    assertThat(late.output()).contains("nothing to confirm");
    assertCaptured(false);
  }

  @Test
  void theKernelEndsItThoughAllThatIsOursIsKilled() {
    host.capture("apply", "--by-hand", "--confirm-within", "8").orFail();
    assertThat(host.killRollbacks()).isPositive();
    assertCaptured(true);
    await("the kernel's end of it")
        .atMost(Duration.ofSeconds(12))
        .until(() -> tcp().startsWith("outside"));
    assertThat(host.ours()).isNotEmpty();
    assertState("rolled back: the last plan was not confirmed in time; it captures nothing", 3);
    Shell.Result late = host.capture("confirm");
    assertThat(late.exit()).isEqualTo(1);
    assertThat(late.output()).contains("nothing to confirm");
    assertThat(tcp()).startsWith("outside");
    // At the next start of the agent its remains go too.
    assertThat(host.capture("restore").orFail().output()).contains("nothing is captured");
    assertThat(host.ours()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nftables", "iptables"})
  void aPlanThatIsNotConfirmedLeavesTheOneBeforeItInPlace(String filter) {
    host.captureWith("--filter", filter, "--exclude-outbound-ports", "25");
    String before = rules(filter);
    host.capture("apply", "--by-hand", "--confirm-within", "3", "--filter", filter, "--no-dns")
        .orFail();
    assertThat(rules(filter)).isNotEqualTo(before);
    await("the earlier one is back")
        .atMost(Duration.ofSeconds(10))
        .until(() -> rules(filter).equals(before));
    assertCaptured(true);
    assertThat(host.ask(APPLICATION, "tcp", OUTSIDE, "25")).isEqualTo("outside 25 direct");
    assertState("rolled back", 3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nftables", "iptables"})
  void everyStepMayBeTakenTwice(String filter) throws InterruptedException {
    long first = System.nanoTime();
    host.capture("apply", "--by-hand", "--confirm-within", "3", "--filter", filter).orFail();
    host.capture("apply", "--by-hand", "--filter", filter).orFail();
    assertCaptured(true);
    host.capture("confirm").orFail();
    host.capture("confirm").orFail();
    assertState("confirmed", 0);
    assertThat(host.capture("restore").orFail().output()).contains("there already");
    // The rollback of the first is due: it must not mean the second.
    Duration since = Duration.ofNanos(System.nanoTime() - first);
    Thread.sleep(Math.max(0, Duration.ofSeconds(8).minus(since).toMillis()));
    assertState("confirmed", 0);
    assertCaptured(true);
    host.capture("remove").orFail();
    assertThat(rules(filter)).isEmpty();
    host.capture("remove").orFail();
    assertState("none", 0);
    assertThat(host.dataDir().resolve("capture.json")).doesNotExist();
  }

  @Test
  void whoChangesTheRulesIsNoticedAndTheyComeBack() {
    host.captureWith();
    String good = host.ours();
    host.inside(
        "nft", "insert", "rule", "inet", "hawser", "outbound", "tcp", "dport", "80", "accept");
    Shell.Result status = host.capture("status");
    assertThat(status.exit()).isEqualTo(3);
    assertThat(status.output())
        .startsWith("differs from the plan")
        .contains("added:   tcp dport 80 accept");
    assertThat(host.capture("restore").orFail().output()).contains("is back");
    assertThat(host.ours()).isEqualTo(good);
    assertState("confirmed", 0);
    host.inside("nft", "delete", "element", "inet", "hawser", "armed", "{ udp }");
    assertState("differs from the plan", 3);
    host.capture("restore").orFail();
    assertState("confirmed", 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nftables", "iptables"})
  void aConfirmedPlanComesBackAtTheNextStart(String filter) throws IOException {
    host.captureWith("--filter", filter);
    String good = rules(filter);
    forgetAsAtAReboot(filter);
    assertCaptured(false);
    assertState("none, though a confirmed plan is kept", 3);
    assertThat(host.capture("restore").orFail().output()).contains("is back");
    assertThat(rules(filter)).isEqualTo(good);
    assertState("confirmed", 0);
    forgetAsAtAReboot(filter);
    // By the agent itself, from a copy: what root writes its user could not read.
    Path copy = folder.resolve("copy-" + filter);
    Shell.run("cp", "-r", host.dataDir().toString(), copy.toString());
    try (Managed agent =
        Managed.start(
            "agent-" + filter,
            folder.resolve("log"),
            Map.of(),
            host.site()
                .command(
                    Home.command("hawser-agent"),
                    "run",
                    "--restore-capture",
                    "--data-dir",
                    copy.toString()))) {
      await("it is back")
          .atMost(Duration.ofSeconds(30))
          .failFast(() -> assertThat(agent.isAlive()).as(agent.lastWords()).isTrue())
          .until(() -> rules(filter).equals(good));
    }
  }

  private static void forgetAsAtAReboot(String filter) {
    if (filter.equals("nftables")) {
      host.inside("nft", "delete", "table", "inet", "hawser");
      return;
    }
    Path kept = host.dataDir().resolve("capture.json");
    Shell.run("mv", kept.toString(), kept + ".kept");
    host.capture("remove", "--filter", filter).orFail();
    Shell.run("mv", kept + ".kept", kept.toString());
  }

  /** Somebody's SSH session: a connection from outside that the machine's port 22 holds. */
  private static Managed session(String name) {
    Managed session = host.holdFromOutside(name);
    await("a session")
        .atMost(Duration.ofSeconds(10))
        .until(() -> session.lastWords().contains(" 22"));
    return session;
  }

  private static Map<String, String> connection(Managed session) {
    return Map.of("SSH_CONNECTION", session.lastWords().lines().reduce("", (_, line) -> line));
  }

  private static void cut() {
    Shell.run("ip", "route", "replace", "unreachable", WAY);
  }

  private static void heal() {
    Shell.run("ip", "route", "del", "unreachable", WAY);
    Shell.run("ip", "route", "replace", WAY, "via", "10.200.1.2");
  }

  private static void assertCaptured(boolean captured) {
    assertThat(tcp()).startsWith(captured ? "proxy 15001 " : "outside 80 ");
  }

  private static String tcp() {
    return host.ask(APPLICATION, "tcp", OUTSIDE, "80");
  }

  private static void assertState(String begin, int exit) {
    Shell.Result status = host.capture("status");
    assertThat(status.output()).startsWith(begin);
    assertThat(status.exit()).as(status.output()).isEqualTo(exit);
  }

  private static String rules(String filter) {
    return filter.equals("nftables") ? host.ours() : host.oursOfIptables();
  }
}
