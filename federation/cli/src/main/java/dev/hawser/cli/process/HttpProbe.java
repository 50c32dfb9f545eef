package dev.hawser.cli.process;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits until something answers 200. */
final class HttpProbe implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final int OK = 200;

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

  /** Returns whether the URL answered 200 in time; gives up early when the process is gone. */
  boolean await(String url, BooleanSupplier alive, Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (alive.getAsBoolean() && System.nanoTime() - deadline < 0) {
      if (answers(url)) {
        return true;
      }
      Thread.sleep(PAUSE);
    }
    return false;
  }

  private boolean answers(String url) throws InterruptedException {
    try {
      HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(TIMEOUT).build();
      return http.send(request, BodyHandlers.discarding()).statusCode() == OK;
    } catch (IOException _) {
      // Not up yet: that is what is being waited for.
      return false;
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
