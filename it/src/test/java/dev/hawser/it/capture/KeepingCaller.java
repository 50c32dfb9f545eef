package dev.hawser.it.capture;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * A Java program that knows nothing of the mesh, as most are: it keeps its connection, and the
 * address of a name for as long as it runs.
 */
final class KeepingCaller {
  private KeepingCaller() {}

  /**
   * Calls every half second until it is ended, and prints each answer.
   *
   * @param args the URL
   */
  public static void main(String[] args) throws InterruptedException {
    java.security.Security.setProperty("networkaddress.cache.ttl", "-1");
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(args[0])).timeout(Duration.ofSeconds(10)).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (true) {
        try {
          String body = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
          InetAddress address = InetAddress.getByName(request.uri().getHost());
          System.out.println("answer from " + address.getHostAddress() + ": " + body.strip());
        } catch (IOException e) {
          System.out.println("no answer: " + e);
        }
        Thread.sleep(500);
      }
    }
  }
}
