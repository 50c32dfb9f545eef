package dev.hawser.agent.command;

import dev.hawser.host.capture.Capture;
import dev.hawser.host.capture.CaptureException;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "confirm",
    description = "Lets an applied plan stay and brings it back at each start of the agent.",
    footerHeading = "%nExamples:%n",
    footer = {"  hawser-agent capture confirm"})
final class CaptureConfirmCommand implements Callable<Integer> {
  @ParentCommand private @Nullable CaptureCommand parent;

  @Override
  public Integer call() throws IOException, CaptureException {
    if (parent == null) {
      throw new IllegalStateException("command without its place in the command line");
    }
    parent.agent().captures(Capture.Choice.ANY).confirm();
    parent
        .agent()
        .terminal()
        .out()
        .println("Confirmed. It stays, and comes back at each start of the agent.");
    return AgentExit.OK;
  }
}
