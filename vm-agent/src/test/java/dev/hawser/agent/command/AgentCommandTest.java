package dev.hawser.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentCommandTest {
  @TempDir private Path temporary;

  /** What a command line came to. */
  private record Run(int exit, String out, String err) {
    List<String> complaint() {
      return err.lines().toList();
    }
  }

  private static Run run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        AgentCommand.run(
            new AgentTerminal(
                new PrintWriter(out),
                new PrintWriter(err),
                new BufferedReader(new StringReader("")),
                Map.of(),
                InstantSource.system()),
            args);
    return new Run(exit, out.toString(), err.toString());
  }

  private Run inFolder(String... args) {
    String[] all = java.util.Arrays.copyOf(args, args.length + 2);
    all[args.length] = "--data-dir";
    all[args.length + 1] = temporary.toString();
    return run(all);
  }

  @Test
  void aMachineThatHasNotJoinedIsToldHow() {
    for (String command : List.of("run", "status", "leave")) {
      Run run = inFolder(command);
      assertThat(run.exit()).as(command).isNotZero();
      assertThat(run.complaint()).as(command).hasSize(2);
      assertThat(run.err()).as(command).contains("has not joined", "  next: ");
    }
  }

  @Test
  void theDoctorSaysOfAMachineThatHasNotJoinedHowItJoins() {
    Run run = inFolder("doctor", "orders.shop:8080");
    assertThat(run.exit()).isEqualTo(AgentExit.NOT_HEALTHY);
    assertThat(run.out())
        .contains("fail     agent", "fix: ", "hawser-agent join TOKEN --data-dir " + temporary)
        .contains("skipped  application");
    assertThat(inFolder("doctor", "-o", "json").out()).contains("\"verdict\" : \"FAIL\"");
    assertThat(inFolder("doctor", "orders").exit()).isEqualTo(AgentExit.USAGE);
  }

  @Test
  void renewingNeedsAnAgentThatRuns() {
    Run run = inFolder("renew");
    assertThat(run.exit()).isEqualTo(AgentExit.NOT_HEALTHY);
    assertThat(run.err()).contains("no agent runs from " + temporary, "systemctl start");
  }

  @Test
  void badInputIsOneSentenceAndWhatToDoAndNeverAStackTrace() throws IOException {
    Files.writeString(temporary.resolve("agent.yaml"), "name: {\n");
    assertOneSentence(inFolder("run"), "agent.yaml");
    Files.writeString(temporary.resolve("agent.yaml"), "name: vm-1\naddress: nowhere\n");
    assertOneSentence(inFolder("run"), "agent.yaml");
    assertOneSentence(run("status", "--data-dir", "a\0b"), "a");
    assertOneSentence(run("join", "hwsr1.x", "--data-dir", temporary.toString()), "token");
    assertOneSentence(run("fly"), "fly");
  }

  private static void assertOneSentence(Run run, String named) {
    assertThat(run.exit()).isNotZero();
    assertThat(run.err()).contains(named).doesNotContain("\tat ", "defect", "Exception:");
    assertThat(run.complaint()).hasSizeBetween(1, 3).first().asString().startsWith("error: ");
  }
}
