package dev.hawser.examples.shop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An HTTP/1.1 workload. {@code GET /} says which instance answered and whom it took the caller for;
 * {@code GET /via/NAME} calls the upstream of that name and passes its answer on; {@code GET
 * /slow/MILLIS} answers late; {@code GET /bytes/COUNT} answers with so many octets; {@code POST
 * /status/CODE} makes every later answer of this instance carry that status; {@code GET /count}
 * says how many requests reached it.
 */
public final class Shop implements AutoCloseable {
  private final String service;
  private final String instance;
  private final String cluster;
  private final Map<String, URI> upstreams;
  private final HttpServer server;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final AtomicInteger status = new AtomicInteger(200);
  private final AtomicLong requests = new AtomicLong();

  /**
   * Listens at once.
   *
   * @param address where; port 0 takes a free one
   * @param upstreams by the name in {@code /via/NAME}, the address to call
   * @throws IOException if the address cannot be bound
   */
  public Shop(
      String service,
      String instance,
      String cluster,
      InetSocketAddress address,
      Map<String, URI> upstreams)
      throws IOException {
    this.service = service;
    this.instance = instance;
    this.cluster = cluster;
    this.upstreams = Map.copyOf(upstreams);
    server = HttpServer.create(address, 1024);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  /** Returns the port it listens on. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Returns how many requests reached it. */
  public long requests() {
    return requests.get();
  }

  @Override
  public void close() {
    server.stop(0);
    client.close();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (path.equals("/count")) {
        send(exchange, 200, "{\"requests\":" + requests.get() + "}");
        return;
      }
      if (path.startsWith("/status/") && exchange.getRequestMethod().equals("POST")) {
        status.set(Integer.parseInt(path.substring("/status/".length())));
        send(exchange, 200, "{}");
        return;
      }
      requests.incrementAndGet();
      exchange.getRequestBody().readAllBytes();
      if (path.startsWith("/slow/")) {
        Thread.sleep(Long.parseLong(path.substring("/slow/".length())));
      }
      if (path.startsWith("/bytes/")) {
        sendBytes(exchange, Integer.parseInt(path.substring("/bytes/".length())));
      } else if (path.startsWith("/via/")) {
        passOn(exchange, path.substring("/via/".length()));
      } else {
        send(exchange, status.get(), whoami(exchange, ""));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void passOn(HttpExchange exchange, String name) throws IOException, InterruptedException {
    URI upstream = upstreams.get(name);
    if (upstream == null) {
      send(
          exchange,
          404,
          "{\"error\":\"no upstream '"
              + name.replace("\"", "")
              + "' (expected: one of "
              + upstreams.keySet()
              + ")\"}");
      return;
    }
    HttpRequest request = HttpRequest.newBuilder(upstream).timeout(Duration.ofSeconds(5)).build();
    try {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      send(exchange, response.statusCode(), whoami(exchange, ",\"via\":" + response.body()));
    } catch (IOException e) {
      send(exchange, 502, "{\"error\":\"calling " + upstream + " failed: " + e + "\"}");
    }
  }

  private String whoami(HttpExchange exchange, String more) {
    String caller =
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("x-forwarded-client-cert"))
            .orElse("");
    return "{\"service\":\""
        + service
        + "\",\"instance\":\""
        + instance
        + "\",\"cluster\":\""
        + cluster
        + "\",\"caller\":\""
        + caller.replace("\\", "\\\\").replace("\"", "\\\"")
        + "\""
        + more
        + "}";
  }

  private static void sendBytes(HttpExchange exchange, int count) throws IOException {
    exchange.getResponseHeaders().set("content-type", "application/octet-stream");
    exchange.sendResponseHeaders(200, count == 0 ? -1 : count);
    byte[] piece = new byte[64 * 1024];
    try (OutputStream out = exchange.getResponseBody()) {
      for (int left = count; left > 0; left -= piece.length) {
        out.write(piece, 0, Math.min(left, piece.length));
      }
    }
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  /**
   * Runs until it is killed.
   *
   * @param args {@code --service NAME --instance NAME --cluster NAME --listen HOST:PORT [--upstream
   *     NAME=URL ...]}
   */
  public static void main(String[] args) throws IOException {
    Map<String, String> options = new LinkedHashMap<>();
    Map<String, URI> upstreams = new LinkedHashMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      if (args[i].equals("--upstream")) {
        String[] pair = args[i + 1].split("=", 2);
        upstreams.put(pair[0], URI.create(pair[1]));
      } else {
        options.put(args[i], args[i + 1]);
      }
    }
    String listen = required(options, "--listen");
    int colon = listen.lastIndexOf(':');
    InetSocketAddress address =
        new InetSocketAddress(
            listen.substring(0, colon), Integer.parseInt(listen.substring(colon + 1)));
    String service = required(options, "--service");
    Shop shop =
        new Shop(
            service,
            options.getOrDefault("--instance", service),
            required(options, "--cluster"),
            address,
            upstreams);
    System.out.println(service + " listens on " + listen + " (port " + shop.port() + ")");
  }

  private static String required(Map<String, String> options, String name) {
    String value = options.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no " + name + " given (expected: " + name + " VALUE)");
    }
    return value;
  }
}
