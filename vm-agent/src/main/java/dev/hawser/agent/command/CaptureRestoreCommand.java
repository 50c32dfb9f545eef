package dev.hawser.agent.command;

import dev.hawser.agent.capture.Captures;
import dev.hawser.host.capture.Capture;
import dev.hawser.host.capture.CaptureException;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "restore",
    description = {
      "Puts the confirmed plan back, as after a start of the machine; does nothing if none is kept.",
      "The systemd unit runs it before the agent."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  hawser-agent capture restore"})
final class CaptureRestoreCommand implements Callable<Integer> {
  @ParentCommand private @Nullable CaptureCommand parent;

  @Override
  public Integer call() throws IOException, CaptureException {
    if (parent == null) {
      throw new IllegalStateException("command without its place in the command line");
    }
    Captures.Restored restored = parent.agent().captures(Capture.Choice.ANY).restore();
    parent.agent().terminal().out().println(words(restored));
    return AgentExit.OK;
  }

  static String words(Captures.Restored restored) {
    return switch (restored) {
      case NOTHING_KEPT -> "No confirmed plan is kept; nothing is captured.";
      case THERE_ALREADY -> "The confirmed plan is there already.";
      case UNCONFIRMED_THERE -> "An unconfirmed plan is there; it was not touched.";
      case RESTORED -> "The confirmed plan is back.";
    };
  }
}
