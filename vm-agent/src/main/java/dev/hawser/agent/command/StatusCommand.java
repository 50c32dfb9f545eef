package dev.hawser.agent.command;

import dev.hawser.agent.config.AgentConfig;
import dev.hawser.agent.config.AgentFiles;
import dev.hawser.agent.run.LeasedServices;
import dev.hawser.agent.status.AgentStatus;
import dev.hawser.agent.status.Diagnosis;
import dev.hawser.agent.status.Finding;
import dev.hawser.agent.status.StatusClient;
import dev.hawser.agent.status.StatusJson;
import dev.hawser.agent.status.StatusTexts;
import dev.hawser.host.identity.IdentityClient;
import dev.hawser.host.identity.IdentityException;
import dev.hawser.host.identity.IdentityOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "status",
    description = {
      "Says how this machine's place in the mesh fares, and what to do if it does not.",
      "Exit code 3 if something is not well."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  hawser-agent status",
      "  hawser-agent status -o json | jq -r '.findings[] | select(.verdict==\"fail\")'"
    })
final class StatusCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  @ParentCommand private @Nullable AgentCommand parent;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "text (for people) or json.")
  private Format format = Format.text;

  /** How the answer is printed. */
  enum Format {
    text,
    json
  }

  /** What a program reads. */
  record Report(boolean healthy, AgentStatus status, List<Finding> findings) {}

  @Override
  public Integer call() throws IOException, IdentityException, InterruptedException {
    if (parent == null) {
      throw new IllegalStateException("command without its place in the command line");
    }
    AgentFiles files = parent.files();
    AgentStatus status = status(files);
    List<Finding> findings = Diagnosis.of(status, parent.terminal().clock().instant());
    boolean healthy = Diagnosis.isHealthy(findings);
    if (format == Format.json) {
      parent.terminal().out().println(StatusJson.write(new Report(healthy, status, findings)));
    } else {
      parent.terminal().out().print(StatusTexts.of(status, findings));
    }
    return healthy ? AgentExit.OK : AgentExit.NOT_HEALTHY;
  }

  private static AgentStatus status(AgentFiles files)
      throws IOException, IdentityException, InterruptedException {
    AgentConfig config =
        files
            .readConfig()
            .orElseThrow(() ->
                new AgentException(
                    AgentExit.NOT_HEALTHY,
                    "this machine has not joined: there is no " + files.configFile(),
                    "run 'hawser vm invite' on the cluster and 'hawser-agent join TOKEN' here"));
    Optional<String> answer = new StatusClient(files.socket(), PATIENCE).ask("status");
    if (answer.isPresent()) {
      return StatusJson.read(answer.get());
    }
    IdentityClient.Stored stored =
        IdentityClient.stored(IdentityOptions.of(files.directory()))
            .orElseThrow(() ->
                new AgentException(
                    AgentExit.NOT_HEALTHY,
                    files.directory() + " holds no identity",
                    "get a new token with 'hawser vm invite' and join again"));
    return new AgentStatus(
        config.name(),
        stored.enrolment().cluster().toString(),
        stored.enrolment().id().toString(),
        stored.expires(),
        LeasedServices.names(stored.enrolment().services()),
        null);
  }
}
