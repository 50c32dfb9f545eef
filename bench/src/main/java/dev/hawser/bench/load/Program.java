package dev.hawser.bench.load;

import dev.hawser.bench.measure.CpuClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs a load generator to its end and reads its processor time on the way. */
final class Program {
  private static final long LOOK_MILLIS = 20;

  private Program() {}

  /**
   * What a run gave.
   *
   * @param output of both streams
   */
  record Run(String output, long cpuNanos, long wallNanos) {}

  static Run run(List<String> command, long patienceSeconds)
      throws IOException, InterruptedException {
    long began = System.nanoTime();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    CompletableFuture<byte[]> output =
        CompletableFuture.supplyAsync(() -> {
          try {
            return process.getInputStream().readAllBytes();
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
    long cpu = 0;
    // The clock goes with the process: the last look before the end is at most 20 ms short.
    while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
      cpu = look(process, cpu);
      if (System.nanoTime() - began > TimeUnit.SECONDS.toNanos(patienceSeconds)) {
        process.destroyForcibly();
        throw new IOException(
            command.getFirst() + ": no end after " + patienceSeconds + " s: " + command);
      }
    }
    long wall = System.nanoTime() - began;
    String text = new String(output.join(), StandardCharsets.UTF_8);
    if (process.exitValue() != 0) {
      throw new IOException(command + ": exit code " + process.exitValue() + ": " + text);
    }
    return new Run(text, cpu, wall);
  }

  private static long look(Process process, long before) {
    try {
      return CpuClock.nanos(process.pid());
    } catch (IllegalStateException _) {
      // It ended between the two looks.
      return before;
    }
  }
}
