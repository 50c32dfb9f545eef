package dev.hawser.it.conformance;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A well-behaved client: one request after the other on a connection that it keeps. */
final class GoodClient implements AutoCloseable {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /**
   * What it saw.
   *
   * @param failures those that were not answered 200 within 10 s, each with the time and its reason
   */
  record Report(int requests, List<String> failures, Duration p50, Duration p99) {}

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final HttpRequest request;
  private final List<Long> nanos = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private final Thread thread;
  private volatile boolean stopped;

  private GoodClient(InetSocketAddress target) {
    URI uri = URI.create("http://" + target.getHostString() + ":" + target.getPort() + "/");
    request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build();
    thread = Thread.ofPlatform().name("good-client").unstarted(this::run);
  }

  static GoodClient start(InetSocketAddress target) {
    GoodClient client = new GoodClient(target);
    client.thread.start();
    return client;
  }

  private void run() {
    while (!stopped) {
      long start = System.nanoTime();
      try {
        HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
        nanos.add(System.nanoTime() - start);
        if (answer.statusCode() != 200) {
          failures.add(
              Instant.now() + ": " + answer + " " + answer.headers().map() + answer.body());
        }
      } catch (IOException e) {
        failures.add(Instant.now() + ": " + e);
      } catch (InterruptedException _) {
        return; // nobody waits for the answer
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** Ends it. */
  Report stop() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
    Collections.sort(nanos);
    return new Report(nanos.size(), List.copyOf(failures), at(0.5), at(0.99));
  }

  private Duration at(double quantile) {
    return nanos.isEmpty()
        ? Duration.ZERO
        : Duration.ofNanos(nanos.get((int) (quantile * (nanos.size() - 1))));
  }

  @Override
  public void close() {
    stopped = true;
    thread.interrupt();
    client.close();
  }
}
