package dev.hawser.agent.command;

import dev.hawser.host.capture.CaptureException;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "remove",
    description = {
      "Ends capture at once and for good; connections that stand are not touched. The packet filter is",
      "that of the plan; --filter says which one if none is known here."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  hawser-agent capture remove"})
final class CaptureRemoveCommand implements Callable<Integer> {
  @Mixin private CaptureFilterOption filter = new CaptureFilterOption();
  @ParentCommand private @Nullable CaptureCommand parent;

  @Override
  public Integer call() throws IOException, CaptureException {
    if (parent == null) {
      throw new IllegalStateException("command without its place in the command line");
    }
    parent.agent().captures(filter.choice()).remove();
    parent.agent().terminal().out().println("Removed. Nothing is captured.");
    return AgentExit.OK;
  }
}
