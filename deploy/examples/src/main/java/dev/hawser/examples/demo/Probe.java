package dev.hawser.examples.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Asks until the answer is there, and says how long that took. */
final class Probe implements AutoCloseable {
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  /** Returns the body of a 200 that contains a text, or nothing. */
  Optional<String> get(String url, String text) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(5)).build();
    try {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      boolean wanted = response.statusCode() == 200 && response.body().contains(text);
      return wanted ? Optional.of(response.body()) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Returns the status of one answer; 0 if there is none. */
  int status(String url) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(5)).build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  /**
   * Asks for a 200 that contains a text until it comes.
   *
   * @throws IOException if it does not come in time
   */
  String await(String url, String text, Duration atMost) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (System.nanoTime() < deadline) {
      Optional<String> body = get(url, text);
      if (body.isPresent()) {
        return body.get();
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new IOException(
        "GET " + url + ": no 200 with '" + text + "' within " + Narrator.seconds(atMost));
  }

  /** Waits for a condition and returns whether it came true in time. */
  static boolean becomes(BooleanSupplier condition, Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    return true;
  }

  @Override
  public void close() {
    client.close();
  }
}
