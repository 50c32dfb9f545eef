package dev.hawser.agent.command;

import dev.hawser.agent.capture.CaptureReport;
import dev.hawser.host.capture.Capture;
import dev.hawser.host.capture.CaptureException;
import dev.hawser.host.capture.CaptureWords;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "status",
    description = {
      "Says whether anything is captured, until when, and what each rule has seen.",
      "Exit code 3 if it is not as it was asked for."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  hawser-agent capture status"})
final class CaptureStatusCommand implements Callable<Integer> {
  @ParentCommand private @Nullable CaptureCommand parent;

  @Override
  public Integer call() throws IOException, CaptureException {
    if (parent == null) {
      throw new IllegalStateException("command without its place in the command line");
    }
    CaptureReport report = parent.agent().captures(Capture.Choice.ANY).status();
    print(report, parent.agent().terminal().out());
    return report.kind().isWell() ? AgentExit.OK : AgentExit.NOT_HEALTHY;
  }

  private static void print(CaptureReport report, PrintWriter out) {
    out.println(words(report));
    report.differences().forEach(line -> out.println("  " + line));
    if (!report.installed().listing().isEmpty()) {
      report
          .plan()
          .ifPresent(plan -> {
            out.println();
            out.print(CaptureWords.of(plan, report.installed().counters()));
          });
    }
  }

  static String words(CaptureReport report) {
    String next = report.next();
    return report.said() + (next.isEmpty() ? "" : "\n  next: hawser-agent capture " + next);
  }
}
