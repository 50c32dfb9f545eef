package dev.hawser.it.conformance;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/** An application that answers everything. */
final class PlainApplication implements AutoCloseable {
  private final HttpServer server;

  private PlainApplication(HttpServer server) {
    this.server = server;
  }

  static PlainApplication start(InetSocketAddress address) throws IOException {
    return start(address, Duration.ZERO);
  }

  /**
   * Starts one that takes its time.
   *
   * @param pause before each answer
   */
  static PlainApplication start(InetSocketAddress address, Duration pause) throws IOException {
    HttpServer server = HttpServer.create(address, 500);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          byte[] body = "answered".getBytes(StandardCharsets.US_ASCII);
          exchange.getRequestBody().readAllBytes();
          if (pause.isPositive()) {
            LockSupport.parkNanos(pause.toNanos());
          }
          boolean head = exchange.getRequestMethod().equals("HEAD");
          exchange.sendResponseHeaders(200, head ? -1 : body.length);
          if (!head) {
            exchange.getResponseBody().write(body);
          }
          exchange.close();
        });
    server.start();
    return new PlainApplication(server);
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
