package dev.hawser.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * HTTP/1.1 at a steady rate by h2load, with the latency of each request from its log.
 *
 * @param rate requests a second, all connections together
 * @param log is overwritten
 */
public record SteadyRate(int connections, double rate, Path log) implements Load {
  private static final int COLUMNS = 3;

  @Override
  public LoadResult run(Target target, Duration duration) throws IOException, InterruptedException {
    Files.deleteIfExists(log);
    LoadResult done =
        new H2load(connections, 1, true, "/", List.of("--log-file=" + log))
            .at(rate)
            .orElseThrow()
            .run(target, duration);
    try (Stream<String> lines = Files.lines(log)) {
      double[] micros = latencies(lines);
      return new LoadResult(
          done.done(),
          done.bytes(),
          done.failures(),
          percentile(micros, 0.5),
          percentile(micros, 0.99),
          done.cpuNanos(),
          done.wallNanos());
    }
  }

  /** Reads start, status and duration in microseconds, one request a line; sorts the durations. */
  static double[] latencies(Stream<String> lines) throws IOException {
    double[] micros =
        lines
            .map(line -> line.split("\t", -1))
            .filter(columns -> columns.length == COLUMNS)
            .mapToDouble(columns -> Double.parseDouble(columns[COLUMNS - 1]))
            .sorted()
            .toArray();
    if (micros.length == 0) {
      throw new IOException("h2load's log holds no request");
    }
    return micros;
  }

  /** Returns the smallest value that so large a share of all does not exceed. */
  static double percentile(double[] sorted, double share) {
    return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }
}
