package dev.hawser.proxy.mesh;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A steady stream of GETs that counts what came back, by body, and what failed. */
final class Load implements AutoCloseable {
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<Thread> threads = new ArrayList<>();
  private final Map<String, AtomicInteger> answers = new ConcurrentHashMap<>();
  final List<String> failures = new CopyOnWriteArrayList<>();
  private volatile long slowestMillis;
  private volatile boolean stop;

  private Load() {}

  /** Starts so many callers, each of which pauses between two requests. */
  static Load start(int port, int callers, Duration pause) {
    Load load = new Load();
    for (int i = 0; i < callers; i++) {
      load.threads.add(Thread.ofVirtual().start(() -> load.run(port, pause)));
    }
    return load;
  }

  private void run(int port, Duration pause) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
            .timeout(Duration.ofSeconds(10))
            .build();
    while (!stop) {
      long began = System.nanoTime();
      try {
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() == 200) {
          answers.computeIfAbsent(response.body(), _ -> new AtomicInteger()).incrementAndGet();
        } else {
          failures.add(response.statusCode() + " " + response.body());
        }
        Thread.sleep(pause);
      } catch (IOException e) {
        failures.add(e.toString());
      } catch (InterruptedException _) {
        return;
      }
      slowestMillis = Math.max(slowestMillis, (System.nanoTime() - began) / 1_000_000);
    }
  }

  int from(String name) {
    AtomicInteger count = answers.get(name);
    return count == null ? 0 : count.get();
  }

  void resetSlowest() {
    slowestMillis = 0;
  }

  long slowestMillis() {
    return slowestMillis;
  }

  void stop() throws InterruptedException {
    stop = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Override
  public void close() {
    stop = true;
    client.shutdownNow();
  }
}
