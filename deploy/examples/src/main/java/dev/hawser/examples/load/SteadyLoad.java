package dev.hawser.examples.load;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sends requests at a steady pace whatever becomes of them (an open loop, so that a stall is seen
 * by every request that fell into it) and keeps an account of each. Never sends again: a failure
 * here is one that a caller would have seen.
 */
public final class SteadyLoad implements AutoCloseable {
  private static final Pattern FIELD = Pattern.compile("\"(instance|cluster)\":\"([^\"]*)\"");

  private final HttpRequest request;
  private final HttpClient client;
  private final ScheduledExecutorService pacer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("pacer").factory());
  private final Queue<Sample> samples = new ConcurrentLinkedQueue<>();
  private final AtomicLong inFlight = new AtomicLong();

  private SteadyLoad(URI target, Map<String, String> headers, Duration deadline) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(target).timeout(deadline);
    headers.forEach(builder::header);
    request = builder.build();
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(deadline)
            .build();
  }

  /**
   * Begins to send.
   *
   * @param perSecond 1-1000
   * @param deadline after which a request without an answer counts as failed
   */
  public static SteadyLoad start(
      URI target, Map<String, String> headers, int perSecond, Duration deadline) {
    if (perSecond < 1 || perSecond > 1000) {
      throw new IllegalArgumentException(
          "requests per second: " + perSecond + " (expected: 1-1000)");
    }
    SteadyLoad load = new SteadyLoad(target, headers, deadline);
    var _ =
        load.pacer.scheduleAtFixedRate(
            load::send, 0, 1_000_000_000L / perSecond, TimeUnit.NANOSECONDS);
    return load;
  }

  /** Returns what is known so far; requests that still wait are not in it. */
  public Tally tally() {
    List<Sample> sorted = new ArrayList<>(samples);
    sorted.sort((a, b) -> a.sent().compareTo(b.sent()));
    return new Tally(sorted);
  }

  /**
   * Stops sending and waits for the answers still on their way, at most for the deadline of one
   * request.
   */
  public Tally stop() throws InterruptedException {
    pacer.shutdown();
    Duration deadline = request.timeout().orElse(Duration.ofSeconds(5)).plusSeconds(1);
    Instant end = Instant.now().plus(deadline);
    while (inFlight.get() > 0 && Instant.now().isBefore(end)) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    return tally();
  }

  @Override
  public void close() {
    pacer.shutdownNow();
    client.shutdownNow();
  }

  private void send() {
    Instant sent = Instant.now();
    long start = System.nanoTime();
    inFlight.incrementAndGet();
    var _ =
        client
            .sendAsync(request, HttpResponse.BodyHandlers.ofString())
            .whenComplete((response, failure) -> {
              Duration took = Duration.ofNanos(System.nanoTime() - start);
              samples.add(
                  failure == null ? answered(sent, took, response) : failed(sent, took, failure));
              inFlight.decrementAndGet();
            });
  }

  private static Sample answered(Instant sent, Duration took, HttpResponse<String> response) {
    String instance = "";
    String cluster = "";
    Matcher field = FIELD.matcher(response.body());
    // The innermost answer stands last: of a chain of calls, the service at its end.
    while (field.find()) {
      if (field.group(1).equals("instance")) {
        instance = field.group(2);
      } else {
        cluster = field.group(2);
      }
    }
    String failure =
        response.statusCode() < 400
            ? ""
            : "status " + response.statusCode() + ": " + response.body();
    return new Sample(sent, took, response.statusCode(), instance, cluster, failure);
  }

  private static Sample failed(Instant sent, Duration took, Throwable failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    return new Sample(sent, took, 0, "", "", cause.toString());
  }
}
