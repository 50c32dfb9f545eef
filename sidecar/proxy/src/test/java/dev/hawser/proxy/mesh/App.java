package dev.hawser.proxy.mesh;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A small application of HTTP/1.1 (the JDK's server) that says who it is and counts. */
final class App implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final String name;
  final AtomicInteger requests = new AtomicInteger();
  final List<Map<String, List<String>>> headers = new CopyOnWriteArrayList<>();
  final List<String> targets = new CopyOnWriteArrayList<>();
  volatile int status = 200;

  private App(String name, int port) throws IOException {
    this.name = name;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.createContext("/echo", this::echo);
    server.createContext("/chunked", this::chunked);
    server.createContext("/slow", this::slow);
    server.createContext("/grpc/", this::refusesGrpc);
    server.start();
  }

  static App start(String name) throws IOException {
    return new App(name, 0);
  }

  static App start(String name, int port) throws IOException {
    return new App(name, port);
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void seen(HttpExchange exchange) {
    requests.incrementAndGet();
    if (headers.size() < 1000) {
      headers.add(new ConcurrentHashMap<>(exchange.getRequestHeaders()));
      targets.add(exchange.getRequestURI().toString());
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    seen(exchange);
    byte[] body = name.getBytes(StandardCharsets.UTF_8);
    exchange.getRequestBody().readAllBytes();
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, head ? -1 : body.length);
    if (!head) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  private void echo(HttpExchange exchange) throws IOException {
    seen(exchange);
    exchange.sendResponseHeaders(200, 0);
    try (InputStream in = exchange.getRequestBody();
        OutputStream out = exchange.getResponseBody()) {
      in.transferTo(out);
    }
  }

  private void chunked(HttpExchange exchange) throws IOException {
    seen(exchange);
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      for (int i = 0; i < 10; i++) {
        out.write(("piece " + i + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
    }
  }

  /** Says the code that ends the path, and no more. */
  private void refusesGrpc(HttpExchange exchange) throws IOException {
    seen(exchange);
    String path = exchange.getRequestURI().getPath();
    exchange.getResponseHeaders().set("content-type", "application/grpc");
    exchange.getResponseHeaders().set("grpc-status", path.substring(path.lastIndexOf('/') + 1));
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  private void slow(HttpExchange exchange) throws IOException {
    seen(exchange);
    try {
      Thread.sleep(3000);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
