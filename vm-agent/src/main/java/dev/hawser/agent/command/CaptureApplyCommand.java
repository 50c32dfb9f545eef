package dev.hawser.agent.command;

import dev.hawser.agent.capture.Captures;
import dev.hawser.agent.capture.Confirmation;
import dev.hawser.agent.capture.ReachAsUser;
import dev.hawser.agent.config.AgentFiles;
import dev.hawser.host.capture.CaptureException;
import dev.hawser.host.capture.CapturePlan;
import dev.hawser.host.capture.CaptureWords;
import dev.hawser.host.capture.HostFacts;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "apply",
    description = {
      "Prints the plan and applies it. Unless it is confirmed in time it goes away by itself,",
      "whatever becomes of this command, the agent or the session. It confirms itself once the agent",
      "has reached its control plane through it and the SSH session, if there is one, still lives."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  hawser-agent capture apply",
      "  hawser-agent capture apply --by-hand --confirm-within 300   # then: capture confirm"
    })
final class CaptureApplyCommand implements Callable<Integer> {
  private static final int LONGEST = 3600;

  /** The last attempt may take so long, and the plan is taken back before the kernel ends it. */
  private static final Duration MARGIN = Duration.ofSeconds(5);

  @ParentCommand private @Nullable CaptureCommand parent;
  @Mixin private CaptureOptions options = new CaptureOptions();

  @Option(
      names = "--confirm-within",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "After which an unconfirmed plan is gone, 1-3600 (default: ${DEFAULT-VALUE}).")
  private int confirmWithin;

  @Option(
      names = "--by-hand",
      description = "Does not confirm by itself, but waits for 'hawser-agent capture confirm'.")
  private boolean byHand;

  @Override
  public Integer call() throws IOException, CaptureException, InterruptedException {
    if (parent == null) {
      throw new IllegalStateException("command without its place in the command line");
    }
    AgentTerminal terminal = parent.agent().terminal();
    AgentFiles files = parent.agent().files();
    requireUsable(files);
    HostFacts facts = CapturePlanCommand.facts(terminal);
    CapturePlan plan = options.plan(files, facts);
    terminal.out().print(CaptureWords.of(plan));
    CapturePlanCommand.warn(terminal, plan, facts);
    Captures captures = parent.agent().captures(options.choice());
    String id = captures.apply(plan, Duration.ofSeconds(confirmWithin));
    terminal
        .out()
        .println("\nApplied. Unless it is confirmed it goes away in " + confirmWithin + " s.");
    if (byHand) {
      terminal.out().println("next: hawser-agent capture confirm");
      return AgentExit.OK;
    }
    // As whom the agent really runs: a plan with another user in it must not confirm itself.
    Account agent = Account.ownerOf(files.directory());
    Confirmation confirmation =
        new Confirmation(
            captures,
            new ReachAsUser(files.directory(), agent.user(), agent.group()),
            facts.session());
    Duration time = Duration.ofSeconds(confirmWithin).minus(MARGIN);
    return switch (confirmation.await(id, time)) {
      case Confirmation.Outcome.Confirmed() -> {
        terminal.out().println("Confirmed. It stays, and comes back at each start of the agent.");
        yield AgentExit.OK;
      }
      case Confirmation.Outcome.RolledBack(String reason) ->
          throw new AgentException(
              AgentExit.FAILED,
              "it was not confirmed and is rolled back: " + reason,
              "correct that, or apply with --by-hand and run 'hawser-agent capture confirm'");
    };
  }

  private void requireUsable(AgentFiles files) throws IOException {
    if (confirmWithin < 1 || confirmWithin > LONGEST) {
      throw new AgentException(
          AgentExit.USAGE,
          "--confirm-within: " + confirmWithin + " (expected: 1-" + LONGEST + " seconds)",
          "leave it out");
    }
    if (!byHand && files.readConfig().isEmpty()) {
      throw new AgentException(
          AgentExit.FAILED,
          "this machine has not joined, so no control plane can confirm: there is no "
              + files.configFile(),
          "join first, or apply with --by-hand");
    }
    if (!byHand && confirmWithin <= MARGIN.toSeconds()) {
      throw new AgentException(
          AgentExit.USAGE,
          "--confirm-within: "
              + confirmWithin
              + " (expected: more than "
              + MARGIN.toSeconds()
              + " seconds unless --by-hand)",
          "leave it out");
    }
  }
}
