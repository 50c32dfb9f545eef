package dev.hawser.agent.command;

import dev.hawser.agent.config.AgentFiles;
import dev.hawser.agent.doctor.Examination;
import dev.hawser.agent.doctor.Report;
import dev.hawser.agent.doctor.Target;
import dev.hawser.agent.status.StatusJson;
import dev.hawser.host.capture.Capture;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "doctor",
    description = {
      "Follows a call from a program of this machine to a service, layer by layer, and says for each",
      "what is there and how to mend it. Changes nothing. The rules of the packet filter need root.",
      "Exit code 3 if something fails."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  sudo hawser-agent doctor",
      "  sudo hawser-agent doctor orders.shop:8080",
      "  hawser-agent doctor -o json | jq -r '.checks[] | select(.verdict==\"FAIL\")'"
    })
final class DoctorCommand implements Callable<Integer> {
  @ParentCommand private @Nullable AgentCommand parent;

  @Parameters(
      arity = "0..1",
      paramLabel = "SERVICE[:PORT]",
      description = "Who is called; without it only what every call needs is looked at.")
  private String service = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "text (for people) or json.")
  private StatusCommand.Format format = StatusCommand.Format.text;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (parent == null) {
      throw new IllegalStateException("command without its place in the command line");
    }
    AgentTerminal terminal = parent.terminal();
    AgentFiles files = parent.files();
    Optional<Target> target =
        service.isEmpty() ? Optional.empty() : Optional.of(Target.parse(service));
    Report report =
        new Examination(
                files,
                parent.dataDirOption(),
                parent.captures(Capture.Choice.ANY),
                CapturePlanCommand.facts(terminal),
                terminal.clock())
            .examine(target);
    if (format == StatusCommand.Format.json) {
      terminal.out().println(StatusJson.write(report));
    } else {
      terminal.out().print(report.text());
    }
    return report.well() ? AgentExit.OK : AgentExit.NOT_HEALTHY;
  }
}
