package dev.hawser.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.agent.capture.CaptureReport;
import dev.hawser.host.capture.CapturePlan;
import dev.hawser.host.capture.HostFacts;
import dev.hawser.host.capture.Installed;
import dev.hawser.host.capture.PortRange;
import dev.hawser.testing.golden.Golden;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be said without touching a kernel. */
class CaptureCommandTest {
  @TempDir private Path temporary;

  private record Run(int exit, String out, String err) {}

  private Run run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] all = Arrays.copyOf(args, args.length + 2);
    all[args.length] = "--data-dir";
    all[args.length + 1] = temporary.toString();
    int exit =
        AgentCommand.run(
            new AgentTerminal(
                new PrintWriter(out),
                new PrintWriter(err),
                new BufferedReader(new StringReader("")),
                Map.of("SSH_CONNECTION", "192.0.2.9 50000 192.0.2.1 2022"),
                InstantSource.system()),
            all);
    return new Run(exit, out.toString(), err.toString());
  }

  @Test
  void aPlanSaysEachDecisionInWords() throws IOException {
    Files.writeString(
        temporary.resolve("agent.yaml"),
        """
        name: vm-1
        address: 10.0.0.5
        ports:
          inbound: 16006
          outbound: 16001
          dns: 127.0.0.1:16053
        """);
    Run run =
        run(
            "capture",
            "plan",
            "--exclude-outbound-ports",
            "25,8000-8100",
            "--exclude-cidrs",
            "10.9.0.0/16,fd00:9::/32",
            "--include-inbound-ports",
            "8080",
            "--exclude-users",
            "4321",
            "--exclude-groups",
            "8765",
            "--ssh-ports",
            "2322");
    assertThat(run.err()).doesNotContain("error");
    assertThat(run.exit()).isEqualTo(AgentExit.OK);
    assertThat(run.out())
        // The session's own port is among them, though it is of no listener here.
        .containsPattern("TCP to ports 22, .*2022.*2322.*: SSH is never captured")
        .contains("TCP to ports 25, 8000-8100: excluded", "What goes to 10.9.0.0/16: excluded")
        .contains("What goes to fd00:9::/32: excluded", "TCP to any port but 8080: not included")
        .containsPattern("What users? .*4321.* sends?: ")
        .contains("group 8765", "All other TCP goes to the proxy at port 16001")
        .contains(
            "All other TCP goes to the proxy at port 16006", "goes to the proxy at port 16053");
    assertThat(run("capture", "plan", "--no-dns", "--no-ipv6").out())
        .contains("All IPv6: it is switched off")
        .doesNotContain("DNS over");
  }

  @Test
  void whatCannotBePlannedIsRefusedWithOptionAndValue() {
    assertRefused(run("capture", "plan", "--exclude-outbound-ports", "80,http"), "'http'");
    assertRefused(run("capture", "plan", "--include-cidrs", "10.1.0.0/8"), "10.0.0.0/8");
    assertRefused(run("capture", "plan", "--exclude-users", "no-such-user"), "no-such-user");
    assertRefused(run("capture", "plan", "--ssh-ports", "15001"), "port 15001");
    assertRefused(run("capture", "plan", "--filter", "pf"), "pf");
    assertRefused(
        run("capture", "apply", "--by-hand", "--confirm-within", "0"), "--confirm-within: 0");
    assertRefused(run("capture"), "plan, apply, confirm");
  }

  @Test
  void withoutAControlPlaneOnlyAHandConfirms() {
    Run run = run("capture", "apply");
    assertThat(run.exit()).isEqualTo(AgentExit.FAILED);
    assertThat(run.err()).contains("has not joined", "--by-hand");
    assertThat(temporary.resolve("capture.json")).doesNotExist();
  }

  @Test
  void whatTheMachineLacksIsSaidBefore() {
    CapturePlan plan =
        new CapturePlan(
            new CapturePlan.Proxy(15_001, 15_006, OptionalInt.of(15_053), List.of()),
            new CapturePlan.Own(List.of(0L), List.of(), 7),
            List.of(0L),
            List.of(),
            CapturePlan.Traffic.ALL,
            CapturePlan.Destinations.ALL,
            CapturePlan.Traffic.ALL,
            true);
    HostFacts facts =
        new HostFacts(List.of(PortRange.of(22)), Optional.empty(), List.of(0L), Set.of(15_006));
    assertThat(CaptureWarnings.of(plan, facts))
        .hasSize(4)
        .anyMatch(warning -> warning.startsWith("root's traffic is not captured"))
        .anyMatch(warning -> warning.startsWith("root's DNS is not captured"))
        .anyMatch(warning -> warning.contains("port 15001"))
        .anyMatch(warning -> warning.contains("port 15053"));
  }

  @Test
  void everyStateHasItsWordsAndWhatToDo() throws IOException {
    StringBuilder all = new StringBuilder();
    for (CaptureReport.Kind kind : CaptureReport.Kind.values()) {
      Installed installed =
          new Installed(
              Installed.State.UNCONFIRMED, "0badcafe", Duration.ofMillis(41_900), "", Map.of());
      String words =
          CaptureStatusCommand.words(
              new CaptureReport(kind, installed, Optional.empty(), List.of()));
      all.append(kind.isWell() ? "ok  " : "3   ").append(words).append('\n');
      assertThat(words.contains("next: "))
          .isEqualTo(!kind.isWell() || kind == CaptureReport.Kind.UNCONFIRMED);
    }
    Golden.assertMatches("capture-states", all.toString());
  }

  private static void assertRefused(Run run, String named) {
    assertThat(run.exit()).as(run.err()).isEqualTo(AgentExit.USAGE);
    assertThat(run.err()).startsWith("error: ").contains(named);
    assertThat(run.err()).doesNotContain("\tat ", "defect");
  }
}
