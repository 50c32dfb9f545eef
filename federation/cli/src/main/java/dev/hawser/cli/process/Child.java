package dev.hawser.cli.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A process that was started here; its output goes to a log file. */
final class Child {
  private static final int LAST_WORDS = 15;
  private static final int TAIL_BYTES = 16 * 1024;

  private final String name;
  private final Process process;
  private final Path log;

  private Child(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /** Starts it with its log in {@code log/} and its id in {@code run/} of the data directory. */
  static Child start(String name, List<String> command, Path dataDir) throws IOException {
    OwnFiles.directory(dataDir.resolve("log"));
    OwnFiles.directory(dataDir.resolve("run"));
    Path log = dataDir.resolve("log").resolve(name + ".log");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    new PidFile(dataDir.resolve("run").resolve(name + ".pid")).write(process.toHandle());
    return new Child(name, process, log);
  }

  String name() {
    return name;
  }

  Path log() {
    return log;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  CompletableFuture<Process> onExit() {
    return process.onExit();
  }

  int waitFor() throws InterruptedException {
    return process.waitFor();
  }

  int exitValue() {
    return process.exitValue();
  }

  /** Asks it to end. */
  void terminate() {
    process.destroy();
  }

  /** Waits for its end and, when it takes longer, makes one. */
  void awaitEnd(Duration patience) throws InterruptedException {
    if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly();
      process.waitFor();
    }
  }

  /** Returns the end of its log, for a message that says why it failed. */
  String lastWords() {
    try (var channel = Files.newByteChannel(log)) {
      channel.position(Math.max(0, channel.size() - TAIL_BYTES));
      java.nio.ByteBuffer tail = java.nio.ByteBuffer.allocate(TAIL_BYTES);
      int read;
      do {
        read = channel.read(tail);
      } while (read > 0);
      List<String> lines =
          new String(tail.array(), 0, tail.position(), StandardCharsets.UTF_8).lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_WORDS), lines.size()));
    } catch (IOException e) {
      return "(its log " + log + " cannot be read: " + e + ")";
    }
  }
}
