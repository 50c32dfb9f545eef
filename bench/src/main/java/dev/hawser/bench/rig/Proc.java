package dev.hawser.bench.rig;

import dev.hawser.bench.measure.CpuClock;
import dev.hawser.bench.measure.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process that stays until it is closed, on a core of its own choice. */
public final class Proc implements AutoCloseable {
  private static final int LAST_LINES = 15;

  private final String name;
  private final Process process;
  private final Path log;
  private final Thread lastResort;

  private Proc(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
    // A bench that is interrupted leaves nothing running.
    this.lastResort = Thread.ofPlatform().unstarted(process::destroy);
    Runtime.getRuntime().addShutdownHook(lastResort);
  }

  /**
   * Starts it; its output goes to {@code logs/NAME.log}.
   *
   * @param cpus the cores that it may use, as {@code taskset -c} takes them
   */
  static Proc start(
      String name, String cpus, Path logs, Map<String, String> environment, List<String> command)
      throws IOException {
    List<String> pinned = new ArrayList<>(List.of("taskset", "-c", cpus));
    pinned.addAll(command);
    Path log = logs.resolve(name + ".log");
    ProcessBuilder builder = new ProcessBuilder(pinned).redirectErrorStream(true);
    builder.redirectOutput(log.toFile());
    // What is measured is what ships: nobody's own options.
    builder.environment().keySet().removeAll(List.of("HAWSER_JAVA_OPTS", "JAVA_TOOL_OPTIONS"));
    builder.environment().putAll(environment);
    return new Proc(name, builder.start(), log);
  }

  String name() {
    return name;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Returns the processor time since its start, in nanoseconds. */
  public long cpuNanos() {
    return CpuClock.nanos(process.pid());
  }

  /** Returns what it holds now. */
  public Memory memory() throws IOException {
    return Memory.of(process.pid());
  }

  /** Returns the end of its log, for the message that says why it failed. */
  String lastWords() {
    try {
      List<String> lines = Files.readAllLines(log);
      int from = Math.max(0, lines.size() - LAST_LINES);
      return name + ":\n" + String.join("\n", lines.subList(from, lines.size()));
    } catch (IOException e) {
      return name + ": no log: " + e;
    }
  }

  /** SIGTERM to it and what it started, and after five seconds SIGKILL. */
  @Override
  public void close() {
    end();
    try {
      Runtime.getRuntime().removeShutdownHook(lastResort);
    } catch (IllegalStateException _) {
      // The shutdown that the hook is for has begun, and does the same.
    }
  }

  private void end() {
    List<ProcessHandle> family = new ArrayList<>(process.descendants().toList());
    family.add(process.toHandle());
    family.forEach(ProcessHandle::destroy);
    long deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    for (ProcessHandle handle : family) {
      try {
        var _ =
            handle.onExit().get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        handle.destroyForcibly();
      } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException _) {
        handle.destroyForcibly();
      }
    }
  }
}
