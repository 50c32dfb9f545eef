package dev.hawser.agent.command;

import dev.hawser.host.capture.Application;
import dev.hawser.host.capture.Capture;
import dev.hawser.host.capture.CaptureException;
import dev.hawser.host.capture.CapturePlan;
import dev.hawser.host.capture.CaptureWords;
import dev.hawser.host.capture.HostFacts;
import dev.hawser.host.capture.Script;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "plan",
    description = "Says in words what would be captured and what not, and changes nothing.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  hawser-agent capture plan",
      "  hawser-agent capture plan --exclude-outbound-ports 25 --script"
    })
final class CapturePlanCommand implements Callable<Integer> {
  /** Any would do: a script that is only shown is never applied. */
  private static final String EXAMPLE = "00000000";

  private static final Duration WITHIN = Duration.ofSeconds(60);

  @ParentCommand private @Nullable CaptureCommand parent;
  @Mixin private CaptureOptions options = new CaptureOptions();

  @Option(names = "--script", description = "Prints what the packet filter would be told as well.")
  private boolean script;

  @Override
  public Integer call() throws IOException, CaptureException {
    if (parent == null) {
      throw new IllegalStateException("command without its place in the command line");
    }
    AgentTerminal terminal = parent.agent().terminal();
    HostFacts facts = facts(terminal);
    CapturePlan plan = options.plan(parent.agent().files(), facts);
    terminal.out().print(CaptureWords.of(plan));
    if (script) {
      Capture capture = parent.agent().captures(options.choice()).capture();
      for (Script one : capture.scripts(new Application(EXAMPLE, plan), WITHIN)) {
        terminal.out().println();
        terminal.out().println("# " + String.join(" ", one.command()));
        terminal.out().print(one.input());
      }
    }
    warn(terminal, plan, facts);
    return AgentExit.OK;
  }

  static HostFacts facts(AgentTerminal terminal) throws IOException {
    return HostFacts.read(
        CaptureCommand.PROC,
        Path.of("/etc"),
        terminal.environment(),
        ProcessHandle.current().pid());
  }

  static void warn(AgentTerminal terminal, CapturePlan plan, HostFacts facts) {
    for (String warning : CaptureWarnings.of(plan, facts)) {
      terminal.err().println("warning: " + warning);
    }
  }
}
