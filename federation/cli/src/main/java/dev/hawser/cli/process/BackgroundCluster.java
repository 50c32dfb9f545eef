package dev.hawser.cli.process;

import dev.hawser.cli.shell.CliException;
import dev.hawser.cli.shell.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A cluster that goes on when the terminal is closed. */
public final class BackgroundCluster {
  private static final Duration START = Duration.ofMinutes(5);
  private static final Duration STOP = Duration.ofMinutes(1);
  private static final long PAUSE_MILLIS = 100;

  private final Path dataDir;
  private final PrintWriter out;

  public BackgroundCluster(Path dataDir, PrintWriter out) {
    this.dataDir = dataDir;
    this.out = out;
  }

  /** Starts this program once more in a session of its own, and returns when the cluster is up. */
  public int start(Installation installation, List<String> arguments)
      throws IOException, InterruptedException {
    OwnFiles.directory(dataDir);
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
      command.add("/usr/bin/setsid");
    }
    command.addAll(installation.self(arguments));
    ReadyFile ready = new ReadyFile(dataDir);
    ready.remove();
    Child child = Child.start("cluster-start", command, dataDir);
    long deadline = System.nanoTime() + START.toNanos();
    while (child.isAlive() && !ready.exists() && System.nanoTime() - deadline < 0) {
      Thread.sleep(PAUSE_MILLIS);
    }
    if (ready.exists()) {
      out.println(child.lastWords());
      return ExitCode.OK;
    }
    child.terminate();
    throw new CliException(
        ExitCode.FAILED,
        "the cluster did not come up:\n" + child.lastWords(),
        "see " + dataDir.resolve("log"));
  }

  /** Stops a cluster in an orderly way and returns when its processes are gone. */
  public int stop() throws IOException, InterruptedException {
    Optional<ProcessHandle> running = PidFile.ofCluster(dataDir).alive();
    if (running.isEmpty()) {
      throw new CliException(
          ExitCode.FAILED,
          "no cluster runs from " + dataDir,
          "give the --data-dir that it was started with");
    }
    ProcessHandle process = running.get();
    process.destroy();
    try {
      process.onExit().get(STOP.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new CliException(
          ExitCode.FAILED,
          "process " + process.pid() + " has not ended after " + STOP.toSeconds() + " s",
          "see " + dataDir.resolve("log"),
          e);
    }
    out.println("Stopped.");
    return ExitCode.OK;
  }
}
