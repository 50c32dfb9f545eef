package dev.hawser.examples.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The processes of the demo: each is known by a name, logs to a file of its own, and ends when the
 * demo ends.
 */
final class Processes implements AutoCloseable {
  private static final int COMMAND_SECONDS = 60;

  /** Compiles simply, and only what is run a thousand times. */
  private static final String START_FAST =
      "-XX:TieredStopAtLevel=1 -XX:Tier3InvocationThreshold=1000"
          + " -XX:Tier3MinInvocationThreshold=500 -XX:Tier3CompileThreshold=5000";

  private final Path bin;
  private final Path logs;
  private final Narrator narrator;
  private final Map<String, Process> running = new ConcurrentSkipListMap<>();
  private final Map<String, ProcessBuilder> recipes = new ConcurrentSkipListMap<>();

  private boolean closed;

  Processes(Path home, Path logs, Narrator narrator) throws IOException {
    bin = home.resolve("bin");
    this.logs = Files.createDirectories(logs);
    this.narrator = narrator;
  }

  /** Runs one of our commands to its end, shows it and what it printed, and returns that. */
  String run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    narrator.types(List.of(command));
    String output = runQuietly(environment, command);
    narrator.shows(output);
    return output;
  }

  /** Runs one of our commands to its end and returns what it printed. */
  String runQuietly(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    Process process = builder(environment, List.of(command)).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(String.join(" ", command) + ": no end after " + COMMAND_SECONDS + " s");
    }
    if (process.exitValue() != 0) {
      throw new IOException(
          String.join(" ", command) + ": exit code " + process.exitValue() + ": " + output);
    }
    return output;
  }

  /** Starts a process that stays; its output goes to {@code NAME.log}. */
  void start(String name, Map<String, String> environment, List<String> command)
      throws IOException {
    ProcessBuilder builder = builder(environment, command);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(logs.resolve(name + ".log").toFile()));
    recipes.put(name, builder);
    run(name, builder);
  }

  /** Starts again what was killed, in the same way. */
  void restart(String name) throws IOException {
    ProcessBuilder recipe = recipes.get(name);
    if (recipe == null) {
      throw new IllegalArgumentException(
          "process: '" + name + "' (expected: one of " + recipes.keySet() + ")");
    }
    run(name, recipe);
  }

  /** Who stops the demo in the middle of its walk must not leave behind what starts just then. */
  private synchronized void run(String name, ProcessBuilder recipe) throws IOException {
    if (closed) {
      throw new IOException(name + " is not started: the demo is being stopped");
    }
    running.put(name, recipe.start());
  }

  /**
   * Ends a process and all that it started, the youngest first, and leaves each the time that it
   * takes to end by itself.
   */
  void stop(String name, Duration atMost) throws IOException, InterruptedException {
    List<ProcessHandle> family = new ArrayList<>(family(name));
    family.sort(Comparator.comparing(it -> it.info().startInstant().orElse(Instant.MIN)));
    for (ProcessHandle process : family.reversed()) {
      process.destroy();
      if (!Probe.becomes(() -> !process.isAlive(), atMost)) {
        throw new IOException(name + " has not ended after " + atMost + ":\n" + lastWords(name));
      }
    }
  }

  /** Kills a process and all that it started, without any warning to them. */
  void kill(String name) throws InterruptedException {
    Process process = process(name);
    List<ProcessHandle> family = new ArrayList<>(process.descendants().toList());
    family.add(process.toHandle());
    family.forEach(ProcessHandle::destroyForcibly);
    process.waitFor();
  }

  /** Sends a signal, by its name without SIG, to processes and all that they started. */
  void signal(String signal, List<ProcessHandle> handles) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
    handles.forEach(handle -> command.add(Long.toString(handle.pid())));
    int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (exit != 0) {
      throw new IOException(String.join(" ", command) + ": exit code " + exit);
    }
  }

  /** Returns a process and all that it started. */
  List<ProcessHandle> family(String name) {
    return Stream.concat(Stream.of(process(name).toHandle()), process(name).descendants()).toList();
  }

  boolean isAlive(String name) {
    return process(name).isAlive();
  }

  /** Returns the end of a process's log, for the message that says why it failed. */
  String lastWords(String name) {
    try (Stream<String> lines = Files.lines(logs.resolve(name + ".log"))) {
      Deque<String> last = new ArrayDeque<>();
      lines.forEach(line -> {
        last.add(line);
        if (last.size() > 15) {
          last.remove();
        }
      });
      return String.join("\n", last);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    List<Process> all = new ArrayList<>(running.values());
    List<ProcessHandle> handles = new ArrayList<>();
    for (Process process : all) {
      handles.addAll(process.descendants().toList());
      handles.add(process.toHandle());
    }
    // A frozen process cannot hear SIGTERM: everything is woken first.
    handles.forEach(ProcessHandle::destroy);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
    for (ProcessHandle handle : handles) {
      while (handle.isAlive() && System.nanoTime() < deadline) {
        java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
      handle.destroyForcibly();
    }
  }

  private Process process(String name) {
    Process process = running.get(name);
    if (process == null) {
      throw new IllegalArgumentException(
          "process: '" + name + "' (expected: one of " + running.keySet() + ")");
    }
    return process;
  }

  private ProcessBuilder builder(Map<String, String> environment, List<String> command) {
    List<String> resolved = new ArrayList<>(command);
    Path own = bin.resolve(command.getFirst());
    if (Files.isExecutable(own)) {
      resolved.set(0, own.toString());
    }
    ProcessBuilder builder = new ProcessBuilder(resolved);
    builder.environment().putAll(environment);
    // Twenty processes share this machine for a minute: they must start fast rather than run fast.
    builder.environment().putIfAbsent("HAWSER_JAVA_OPTS", START_FAST);
    return builder;
  }
}
