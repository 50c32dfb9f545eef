package dev.hawser.bench.load;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * HTTP/2 by h2load, also HTTP/1.1 where TLS with a server name or a steady rate is wanted.
 *
 * @param clients connections
 * @param streams at the same time on each
 * @param http1 HTTP/1.1 instead of HTTP/2
 * @param options further ones, as h2load takes them
 */
public record H2load(int clients, int streams, boolean http1, String path, List<String> options)
    implements Load {
  private static final Pattern REQUESTS =
      Pattern.compile(
          "requests: (\\d+) total, (\\d+) started, (\\d+) done, (\\d+) succeeded, (\\d+) failed,"
              + " (\\d+) errored, (\\d+) timeout");
  private static final Pattern CODES =
      Pattern.compile("status codes: (\\d+) 2xx, (\\d+) 3xx, (\\d+) 4xx, (\\d+) 5xx");
  private static final Pattern TRAFFIC = Pattern.compile("traffic: \\S+ \\((\\d+)\\) total");

  public H2load {
    options = List.copyOf(options);
  }

  @Override
  public LoadResult run(Target target, Duration duration) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "h2load",
                "-t1",
                "-c" + clients,
                "-m" + streams,
                "-D" + duration.toSeconds() + "s",
                "--connect-to=" + target.host() + ":" + target.port()));
    if (http1) {
      command.add("--h1");
    }
    command.addAll(options);
    command.add(
        (target.tls() ? "https" : "http") + "://" + target.name() + ":" + target.port() + path);
    Program.Run run = Program.run(command, duration.toSeconds() + 60);
    return parse(run.output(), run.cpuNanos(), run.wallNanos());
  }

  @Override
  public Optional<Load> at(double perSecond) {
    List<String> paced = new ArrayList<>(options);
    paced.add(String.format(Locale.ROOT, "--rps=%.2f", perSecond / clients));
    return Optional.of(new H2load(clients, streams, http1, path, paced));
  }

  static LoadResult parse(String output, long cpuNanos, long wallNanos) throws IOException {
    Matcher requests = find(REQUESTS, output);
    Matcher codes = find(CODES, output);
    long good = Long.parseLong(codes.group(1));
    List<String> failures = new ArrayList<>();
    // What is under way when the time is over is neither done nor failed.
    failed(failures, requests.group(5), "requests failed");
    failed(failures, requests.group(6), "requests errored");
    failed(failures, requests.group(7), "requests timed out");
    failed(failures, codes.group(2), "answers were 3xx");
    failed(failures, codes.group(3), "answers were 4xx");
    failed(failures, codes.group(4), "answers were 5xx");
    return new LoadResult(
        good, Long.parseLong(find(TRAFFIC, output).group(1)), failures, 0, 0, cpuNanos, wallNanos);
  }

  private static Matcher find(Pattern pattern, String output) throws IOException {
    Matcher matcher = pattern.matcher(output);
    if (!matcher.find()) {
      throw new IOException("h2load: '" + pattern + "' is not in its output: " + output);
    }
    return matcher;
  }

  private static void failed(List<String> failures, String count, String what) {
    if (!count.equals("0")) {
      failures.add(count + " " + what);
    }
  }
}
