package dev.hawser.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a command to its end. */
public final class Shell {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private Shell() {}

  /**
   * What a command left.
   *
   * @param exit its exit code
   * @param output standard output and standard error, as they came
   */
  public record Result(List<String> command, int exit, String output) {
    /** Returns this if the command succeeded. */
    public Result orFail() {
      if (exit != 0) {
        throw new AssertionError(String.join(" ", command) + ": exit code " + exit + "\n" + output);
      }
      return this;
    }
  }

  /** Runs a command with additional environment; ended by force after 90 s. */
  public static Result run(Map<String, String> environment, List<String> command) {
    return run(PATIENCE, environment, command);
  }

  /** Runs a command with additional environment; ended by force after a time. */
  public static Result run(
      Duration patience, Map<String, String> environment, List<String> command) {
    try {
      Path output = Files.createTempFile("shell", ".out");
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      process.getOutputStream().close();
      if (!process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(String.join(" ", command) + ": no end after " + patience);
      }
      String text = Files.readString(output, StandardCharsets.UTF_8);
      Files.delete(output);
      return new Result(command, process.exitValue(), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while running " + command, e);
    }
  }

  /** Runs a command and fails the story if it fails. */
  public static String run(String... command) {
    return run(Map.of(), List.of(command)).orFail().output();
  }
}
