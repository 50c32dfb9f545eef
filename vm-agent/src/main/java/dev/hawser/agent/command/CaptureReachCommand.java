package dev.hawser.agent.command;

import dev.hawser.agent.capture.ControlPlaneDial;
import dev.hawser.agent.config.AgentConfig;
import dev.hawser.agent.config.AgentFiles;
import dev.hawser.host.identity.IdentityException;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "reach",
    hidden = true,
    description = "Dials the control plane once, as the agent does; 'apply' runs it as its user.")
final class CaptureReachCommand implements Callable<Integer> {
  @ParentCommand private @Nullable CaptureCommand parent;

  @Override
  public Integer call() throws IOException, IdentityException, InterruptedException {
    if (parent == null) {
      throw new IllegalStateException("command without its place in the command line");
    }
    AgentFiles files = parent.agent().files();
    AgentConfig config =
        files
            .readConfig()
            .orElseThrow(() ->
                new AgentException(
                    AgentExit.FAILED,
                    "this machine has not joined: there is no " + files.configFile(),
                    "give the --data-dir that it joined with"));
    try {
      String address = ControlPlaneDial.first(files, config);
      parent.agent().terminal().out().println("The control plane answers at " + address + ".");
      return AgentExit.OK;
    } catch (ControlPlaneDial.Unreachable e) {
      throw new AgentException(
          AgentExit.UNREACHABLE, String.valueOf(e.getMessage()), "check the way to it", e);
    }
  }
}
