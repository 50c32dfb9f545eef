package dev.hawser.agent.command;

import dev.hawser.agent.capture.Captures;
import dev.hawser.agent.config.AgentConfig;
import dev.hawser.agent.config.AgentFiles;
import dev.hawser.agent.run.Agent;
import dev.hawser.host.capture.Capture;
import dev.hawser.host.capture.CaptureException;
import dev.hawser.host.identity.IdentityException;
import dev.hawser.proxy.config.RunOptions;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "run",
    description = {
      "Runs the agent in the foreground until it is stopped.",
      "Starts from what is on disk, also when no control plane answers. SIGTERM ends it in order."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  hawser-agent run", "  hawser-agent run --data-dir /srv/hawser-agent"})
final class RunCommand implements Callable<Integer> {
  @Option(
      names = "--take-over",
      description = {
        "Take the listening sockets over from the agent that runs now, and have it end once its",
        "connections have. No connection is refused meanwhile."
      })
  private boolean takeOver;

  @Option(
      names = "--restore-capture",
      description = {
        "Put a confirmed capture back first, as after a start of the machine. Needs root; the",
        "systemd unit runs 'capture restore' as root instead, and the agent without any privilege."
      })
  private boolean restoreCapture;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      description = "Event loops of the proxy. Default: one per core.")
  private int concurrency;

  @ParentCommand private @Nullable AgentCommand parent;

  @Override
  public Integer call() throws IOException, IdentityException, InterruptedException {
    if (parent == null) {
      throw new IllegalStateException("command without its place in the command line");
    }
    AgentFiles files = parent.files();
    AgentConfig config =
        files
            .readConfig()
            .orElseThrow(() ->
                new AgentException(
                    AgentExit.FAILED,
                    "this machine has not joined: there is no " + files.configFile(),
                    "run 'hawser vm invite' on the cluster and 'hawser-agent join TOKEN' here"));
    if (restoreCapture) {
      restoreCapture(parent);
    }
    Agent agent = Agent.start(files, config, options(), parent.terminal().clock());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(agent), "hawser-agent-stop"));
    agent.awaitEnd();
    agent.stop();
    return AgentExit.OK;
  }

  /** A capture that does not come back is no reason to leave the mesh: others call this machine. */
  private static void restoreCapture(AgentCommand agent) throws IOException {
    AgentTerminal terminal = agent.terminal();
    try {
      Captures captures = agent.captures(Capture.Choice.ANY);
      terminal.out().println(CaptureRestoreCommand.words(captures.restore()));
    } catch (CaptureException e) {
      terminal.err().println("error: the capture is not back: " + e.getMessage());
      terminal.err().println("  next: " + e.hint());
    }
  }

  private RunOptions options() {
    if (concurrency < 0) {
      throw new AgentException(
          AgentExit.USAGE,
          "--concurrency: " + concurrency + " (expected: at least 1, or 0 for one per core)",
          "leave it out");
    }
    return new RunOptions(concurrency, RunOptions.usual().drainTime(), takeOver);
  }

  private static void end(Agent agent) {
    try {
      agent.stop();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
