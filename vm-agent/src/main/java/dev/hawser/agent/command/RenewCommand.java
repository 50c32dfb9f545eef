package dev.hawser.agent.command;

import dev.hawser.agent.config.AgentFiles;
import dev.hawser.agent.status.StatusClient;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "renew",
    description = {
      "Has the agent that runs get a new certificate now, without waiting for the time to come.",
      "Connections that stand are not touched."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  hawser-agent renew && hawser-agent status"})
final class RenewCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  @ParentCommand private @Nullable AgentCommand parent;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (parent == null) {
      throw new IllegalStateException("command without its place in the command line");
    }
    AgentFiles files = parent.files();
    var _ =
        new StatusClient(files.socket(), PATIENCE)
            .ask("renew")
            .orElseThrow(() ->
                new AgentException(
                    AgentExit.NOT_HEALTHY,
                    "no agent runs from " + files.directory(),
                    "start it: systemctl start hawser-agent, or hawser-agent run"));
    parent.terminal().out().println("Renewing. 'hawser-agent status' shows when it is done.");
    return AgentExit.OK;
  }
}
