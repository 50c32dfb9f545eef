package dev.hawser.agent.command;

import dev.hawser.agent.capture.Captures;
import dev.hawser.agent.config.AgentConfig;
import dev.hawser.agent.config.AgentFiles;
import dev.hawser.agent.lease.LeaseKeeper;
import dev.hawser.agent.status.StatusClient;
import dev.hawser.api.model.Locality;
import dev.hawser.host.capture.Capture;
import dev.hawser.host.capture.CaptureException;
import dev.hawser.host.identity.CertificateFiles;
import dev.hawser.host.identity.IdentityClient;
import dev.hawser.host.identity.IdentityException;
import dev.hawser.host.identity.IdentityOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "leave",
    description = "Ends this machine's lease, stops the agent, and removes key and configuration.",
    footerHeading = "%nExamples:%n",
    footer = {"  systemctl disable --now hawser-agent; hawser-agent leave"})
final class LeaveCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration END = Duration.ofSeconds(20);
  private static final long PAUSE_MILLIS = 50;

  @ParentCommand private @Nullable AgentCommand parent;

  @Override
  public Integer call() throws IOException, InterruptedException, CaptureException {
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
                    "give the --data-dir that it joined with"));
    Captures captures = parent.captures(Capture.Choice.ANY);
    if (captures.isUsed()) {
      // First of all: without the agent nobody takes what is captured.
      captures.remove();
    }
    boolean confirmed;
    if (new StatusClient(files.socket(), PATIENCE).ask("leave").isPresent()) {
      awaitEnd(files);
      confirmed = true;
    } else {
      confirmed = endLease(files, config);
    }
    if (!config.writeCerts().isEmpty()) {
      CertificateFiles.remove(Path.of(config.writeCerts()));
    }
    files.removeAll();
    parent.terminal().out().println("Left. Key, certificate and configuration are removed.");
    if (!confirmed) {
      parent
          .terminal()
          .err()
          .println("note: no control plane confirmed it; a lease that was left runs out by itself");
    }
    return AgentExit.OK;
  }

  private static void awaitEnd(AgentFiles files) throws InterruptedException {
    long deadline = System.nanoTime() + END.toNanos();
    while (Files.exists(files.socket())) {
      if (System.nanoTime() - deadline > 0) {
        throw new AgentException(
            AgentExit.FAILED,
            "the agent has not ended after " + END.toSeconds() + " s",
            "stop it with 'systemctl stop hawser-agent' and run this again");
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }

  /** An agent that was killed may have left a lease behind. */
  private boolean endLease(AgentFiles files, AgentConfig config) throws InterruptedException {
    IdentityOptions options =
        IdentityOptions.of(files.directory()).withControlPlane(config.controlPlane());
    try (IdentityClient identity = IdentityClient.open(options);
        LeaseKeeper lease =
            LeaseKeeper.start(
                identity,
                new LeaseKeeper.Machine(
                    config.name(), config.address(), Locality.parse(config.locality())),
                Map::of,
                LeaseKeeper.Pace.USUAL,
                options.clock())) {
      return lease.leave(PATIENCE);
    } catch (IdentityException _) {
      // Without a valid identity there is no lease either, and leaving must always be possible.
      return false;
    }
  }
}
