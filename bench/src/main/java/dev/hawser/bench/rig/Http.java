package dev.hawser.bench.rig;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Asks until a page answers 200. */
final class Http {
  private static final long PAUSE_MILLIS = 100;

  private Http() {}

  static void await(String url, Duration atMost, Proc by) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(5)).build();
    long deadline = System.nanoTime() + atMost.toNanos();
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (System.nanoTime() < deadline && by.isAlive()) {
        if (status(client, request) == 200) {
          return;
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    }
    throw new IOException(url + ": no 200 within " + atMost.toSeconds() + " s\n" + by.lastWords());
  }

  private static int status(HttpClient client, HttpRequest request) throws InterruptedException {
    try {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException _) {
      // Not there yet; the deadline says when that is a failure.
      return 0;
    }
  }
}
