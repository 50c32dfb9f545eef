package dev.hawser.it.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.hawser.it.harness.LoopbackMesh;
import dev.hawser.it.harness.Managed;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** A sidecar is followed by another, six times, and told to end once, under load. */
class HotRestartIT {
  private static final int RESTARTS = 6;

  @Test
  void sixSuccessorsAndOneEndLoseNoRequest() throws Exception {
    try (LoopbackMesh mesh = LoopbackMesh.oneCluster("hot-restart", "http")) {
      HttpServer application = application(mesh.application());
      try {
        mesh.awaitServed();
        Managed last = succeed(mesh);
        end(mesh, last);
      } finally {
        application.stop(0);
      }
    }
  }

  private static Managed succeed(LoopbackMesh mesh) throws InterruptedException {
    Managed present = mesh.callerProxy();
    try (Callers callers = Callers.start(mesh.upstream(), 4, false)) {
      await().until(() -> callers.answered.get() > 100);
      for (int i = 1; i <= RESTARTS; i++) {
        Managed before = present;
        present = mesh.succeedCaller(i);
        Managed next = present;
        await("the predecessor of number " + i + " ends")
            .atMost(Duration.ofSeconds(90))
            .failFast(() -> assertThat(next.isAlive()).as(next.lastWords()).isTrue())
            .until(() -> !before.isAlive());
        assertThat(before.lastWords()).doesNotContain("ERROR");
        int then = callers.answered.get();
        await().until(() -> callers.answered.get() > then + 50);
      }
      callers.stop();
      System.out.println(
          "STORY hot restarts: "
              + RESTARTS
              + ", answered "
              + callers.answered
              + ", failed "
              + callers.failures.size());
      assertThat(callers.failures).isEmpty();
    }
    return present;
  }

  private static void end(LoopbackMesh mesh, Managed proxy) throws InterruptedException {
    try (Callers callers = Callers.start(mesh.upstream(), 4, true)) {
      await().until(() -> callers.answered.get() > 100);
      assertThat(proxy.terminate(30)).isTrue();
      callers.awaitEnd();
      System.out.println(
          "STORY SIGTERM under load: answered "
              + callers.answered
              + ", lost "
              + callers.failures.size());
      assertThat(callers.failures).isEmpty();
    }
    assertThat(proxy.lastWords()).doesNotContain("ERROR").contains("Drain begins");
  }

  private static HttpServer application(InetSocketAddress address) throws IOException {
    HttpServer server = HttpServer.create(address, 500);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          byte[] body = "answered".getBytes(StandardCharsets.US_ASCII);
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }
}
