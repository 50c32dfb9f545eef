package dev.hawser.host.capture;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Starts the process that takes an unconfirmed plan back. It outlives the command that starts it,
 * the agent, and the session of the person at the keyboard.
 */
final class RollbackProcess {
  /** That systemd is this host's first process (sd_booted(3)). */
  private static final Path SYSTEMD = Path.of("/run/systemd/system");

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Programs programs;

  RollbackProcess(Programs programs) {
    this.programs = programs;
  }

  /**
   * Starts it.
   *
   * @param id of the application, for the unit's name
   * @throws CaptureException if it does not run; nothing may be applied then
   */
  void arm(String id, String shell) throws CaptureException {
    // A unit of its own also survives a login manager that ends all processes of a session.
    if (Files.isDirectory(SYSTEMD)
        && programs.find("systemd-run").isPresent()
        && start(
            List.of(
                "systemd-run",
                "--quiet",
                "--collect",
                "--unit=hawser-capture-rollback-" + id,
                "sh",
                "-c",
                shell))) {
      return;
    }
    if (!start(List.of("setsid", "--fork", "sh", "-c", shell))) {
      throw new CaptureException(
          "the process that would take the plan back did not start",
          "nothing was applied; see that setsid (package util-linux) is installed");
    }
  }

  /** Runs what starts something else and ends itself. */
  private boolean start(List<String> command) throws CaptureException {
    List<String> found = new ArrayList<>(command);
    found.set(
        0,
        programs
            .find(command.getFirst())
            .orElseThrow(() ->
                new CaptureException(
                    command.getFirst() + " is not installed", "install the package util-linux")));
    File nowhere = new File("/dev/null");
    try {
      Process process =
          new ProcessBuilder(found)
              .directory(new File("/"))
              .redirectInput(nowhere)
              .redirectOutput(nowhere)
              .redirectError(nowhere)
              .start();
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return false;
      }
      return process.exitValue() == 0;
    } catch (IOException e) {
      throw new CaptureException(
          command.getFirst() + " could not be run: " + e.getMessage(), "nothing was applied", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CaptureException("interrupted before anything was applied", "", e);
    }
  }
}
