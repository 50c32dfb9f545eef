package dev.hawser.it.story;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.awaitility.Awaitility;

/** Single HTTP calls. */
final class Calls {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(3))
          .build();

  private Calls() {}

  /**
   * What a call came to.
   *
   * @param status 0 if no answer came
   */
  record Answer(int status, String body) {}

  static Answer get(String url) {
    return send(HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(5)).build());
  }

  static Answer post(String url) {
    return send(
        HttpRequest.newBuilder(URI.create(url))
            .timeout(Duration.ofSeconds(5))
            .POST(HttpRequest.BodyPublishers.noBody())
            .build());
  }

  /** Asks until a 200 with a text comes, and returns its body. */
  static String await(String url, String text, Duration atMost) {
    return Awaitility.await("GET " + url + " answers 200 with " + text)
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> get(url), answer -> answer.status() == 200 && answer.body().contains(text))
        .body();
  }

  private static Answer send(HttpRequest request) {
    try {
      HttpResponse<String> response = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body());
    } catch (IOException e) {
      return new Answer(0, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
