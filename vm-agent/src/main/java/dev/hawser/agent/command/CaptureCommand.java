package dev.hawser.agent.command;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = "capture",
    description = {
      "Transparent capture: the kernel redirects what applications open, and what comes for them, to",
      "the proxy. SSH is never captured, and a plan that is not confirmed goes away by itself."
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      CapturePlanCommand.class,
      CaptureApplyCommand.class,
      CaptureConfirmCommand.class,
      CaptureStatusCommand.class,
      CaptureRemoveCommand.class,
      CaptureRestoreCommand.class,
      CaptureReachCommand.class
    })
final class CaptureCommand implements Runnable {
  static final Path PROC = Path.of("/proc");

  @ParentCommand private @Nullable AgentCommand parent;
  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "capture needs a command: plan, apply, confirm, status, remove or restore");
    }
  }

  AgentCommand agent() {
    if (parent == null) {
      throw new IllegalStateException("command without its place in the command line");
    }
    return parent;
  }
}
