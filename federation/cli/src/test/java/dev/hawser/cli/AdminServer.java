package dev.hawser.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.hawser.api.admin.Problem;
import dev.hawser.cli.output.StructuredOutput;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An administration API with fixed answers that notes what it was asked. */
final class AdminServer implements AutoCloseable {
  private static final String CREDENTIAL = "s3cret";

  private final HttpServer server;
  private final Path dataDir;
  private final Map<String, Answer> answers = new HashMap<>();
  private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());

  private record Answer(int status, String contentType, String body) {}

  /** A request as it came. */
  record Request(String method, String target, String contentType, String body) {}

  private AdminServer(Path dataDir) throws IOException {
    this.dataDir = dataDir;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
    Files.writeString(dataDir.resolve("admin-token"), CREDENTIAL + "\n");
    Files.writeString(dataDir.resolve("admin-address"), address() + "\n");
  }

  static AdminServer start(Path dataDir) throws IOException {
    return new AdminServer(dataDir);
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** What selects this control plane. */
  Map<String, String> environment() {
    return Map.of("HAWSER_DATA_DIR", dataDir.toString());
  }

  AdminServer answer(String methodAndTarget, Object body) {
    answers.put(methodAndTarget, new Answer(200, "application/json", StructuredOutput.json(body)));
    return this;
  }

  AdminServer problem(String methodAndTarget, Problem problem) {
    answers.put(
        methodAndTarget,
        new Answer(problem.status(), "application/problem+json", StructuredOutput.json(problem)));
    return this;
  }

  AdminServer raw(String methodAndTarget, int status, String body) {
    answers.put(methodAndTarget, new Answer(status, "text/html", body));
    return this;
  }

  List<Request> requests() {
    return List.copyOf(requests);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String target = exchange.getRequestURI().toString();
    String contentType = exchange.getRequestHeaders().getFirst("Content-Type");
    requests.add(
        new Request(
            exchange.getRequestMethod(),
            target,
            contentType == null ? "" : contentType,
            new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    Answer answer =
        answers.getOrDefault(
            exchange.getRequestMethod() + " " + target, new Answer(404, "text/plain", "nothing"));
    if (!("Bearer " + CREDENTIAL).equals(authorization)) {
      answer = new Answer(401, "text/plain", "");
    }
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", answer.contentType());
    exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
