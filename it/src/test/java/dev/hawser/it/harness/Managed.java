package dev.hawser.it.harness;

import dev.hawser.testing.leak.LeakAlarm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process of a story, with all that it started: killed, frozen and thawed as one, by pid. One of
 * ours that dropped a buffer without releasing it fails the story when it is closed.
 */
public final class Managed implements AutoCloseable {
  /** The second compiler pays for itself after minutes, which hardly a process here lives for. */
  private static final Map<String, String> WATCHED =
      Map.of("HAWSER_JAVA_OPTS", "-XX:TieredStopAtLevel=1 -Dio.netty.leakDetection.level=paranoid");

  /** What a report says of one buffer, about. */
  private static final int LEAK_LINES = 300;

  private final String name;
  private final ProcessBuilder recipe;
  private final Path log;
  private Process process;

  private Managed(String name, ProcessBuilder recipe, Path log) throws IOException {
    this.name = name;
    this.recipe = recipe;
    this.log = log;
    process = recipe.start();
  }

  /** Starts a process whose output is appended to {@code logs/NAME.log}. */
  public static Managed start(
      String name, Path logs, Map<String, String> environment, List<String> command) {
    try {
      Path log = Files.createDirectories(logs).resolve(name + ".log");
      ProcessBuilder recipe = new ProcessBuilder(command).redirectErrorStream(true);
      recipe.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      recipe.environment().putAll(WATCHED);
      recipe.environment().putAll(environment);
      return new Managed(name, recipe, log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String name() {
    return name;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Returns the processes, the first started first. */
  public List<ProcessHandle> family() {
    List<ProcessHandle> family = new ArrayList<>();
    family.add(process.toHandle());
    family.addAll(process.descendants().toList());
    return family;
  }

  /** SIGKILL to all of it. */
  public void kill() {
    List<ProcessHandle> family = family();
    family.reversed().forEach(ProcessHandle::destroyForcibly);
    family.forEach(handle -> handle.onExit().orTimeout(5, TimeUnit.SECONDS).join());
  }

  /** SIGSTOP to all of it. */
  public void freeze() {
    signal("STOP");
  }

  /** SIGCONT to all of it. */
  public void thaw() {
    signal("CONT");
  }

  /**
   * SIGTERM to the first process alone, then waits for its end. One that does not end writes the
   * stacks of its threads to its log.
   */
  public boolean terminate(long seconds) {
    process.destroy();
    try {
      if (process.waitFor(seconds, TimeUnit.SECONDS)) {
        return true;
      }
      signal("QUIT");
      return process.waitFor(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Starts it again in the same way. */
  public void restart() {
    if (process.isAlive()) {
      throw new IllegalStateException(
          name + " still runs (expected: killed before it is started again)");
    }
    try {
      process = recipe.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns all that it wrote. */
  public String log() throws IOException {
    return Files.readString(log);
  }

  /** Returns the last lines that it wrote. */
  public String lastWords() {
    try {
      List<String> lines = Files.readAllLines(log);
      return name
          + ":\n"
          + String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    } catch (IOException e) {
      return name + ": no log: " + e;
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      signal("CONT");
      kill();
    }
    requireNoLeak();
  }

  private void requireNoLeak() {
    List<String> lines;
    try {
      lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).contains("LEAK: ")) {
        String report = String.join("\n", lines.subList(i, Math.min(lines.size(), i + LEAK_LINES)));
        if (!LeakAlarm.isForeign(report)) {
          throw new AssertionError(name + " lost a buffer:\n" + report);
        }
      }
    }
  }

  private void signal(String signal) {
    List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
    family().forEach(handle -> command.add(Long.toString(handle.pid())));
    Shell.run(Map.of(), command);
  }
}
