package dev.hawser.bench.load;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * HTTP/1.1 by wrk, with one thread: as much as the target gives.
 *
 * @param script prints the summary in one line; a resource of this package
 * @param connections kept open
 * @param headers sent with each request, {@code name: value}
 */
public record Wrk(Path script, int connections, String path, List<String> headers) implements Load {
  private static final Pattern SUMMARY =
      Pattern.compile(
          "bench requests=(\\d+) bytes=(\\d+) connect=(\\d+) read=(\\d+) write=(\\d+) status=(\\d+)"
              + " timeout=(\\d+) p50=([0-9.]+) p99=([0-9.]+)");

  public Wrk {
    headers = List.copyOf(headers);
  }

  @Override
  public LoadResult run(Target target, Duration duration) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "wrk",
                "-t1",
                "-c" + connections,
                "-d" + duration.toSeconds() + "s",
                "--timeout",
                "10s",
                "-s",
                script.toString()));
    for (String header : headers) {
      command.add("-H");
      command.add(header);
    }
    command.add("http://" + target.host() + ":" + target.port() + path);
    Program.Run run = Program.run(command, duration.toSeconds() + 60);
    return parse(run.output(), run.cpuNanos(), run.wallNanos());
  }

  /** By h2load, since wrk knows no rate. */
  @Override
  public Optional<Load> at(double perSecond) {
    List<String> options = new ArrayList<>();
    headers.forEach(header -> options.addAll(List.of("-H", header)));
    return new H2load(connections, 1, true, path, options).at(perSecond);
  }

  static LoadResult parse(String output, long cpuNanos, long wallNanos) throws IOException {
    Matcher found = SUMMARY.matcher(output);
    if (!found.find()) {
      throw new IOException("wrk: no summary in its output: " + output);
    }
    List<String> failures = new ArrayList<>();
    failed(failures, found.group(3), "connections refused or lost");
    failed(failures, found.group(4), "reads failed");
    failed(failures, found.group(5), "writes failed");
    failed(failures, found.group(6), "answers were not 2xx or 3xx");
    failed(failures, found.group(7), "requests timed out");
    return new LoadResult(
        Long.parseLong(found.group(1)),
        Long.parseLong(found.group(2)),
        failures,
        Double.parseDouble(found.group(8)),
        Double.parseDouble(found.group(9)),
        cpuNanos,
        wallNanos);
  }

  private static void failed(List<String> failures, String count, String what) {
    if (!count.equals("0")) {
      failures.add(count + " " + what);
    }
  }
}
