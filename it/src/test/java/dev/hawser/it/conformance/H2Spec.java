package dev.hawser.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.hawser.it.harness.LoopbackMesh;
import dev.hawser.it.harness.Shell;
import dev.hawser.it.programs.Programs;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs h2spec, whose client speaks HTTP/2 with prior knowledge to the caller's sidecar. */
final class H2Spec {
  private static final Pattern SUMMARY =
      Pattern.compile("(\\d+) tests, (\\d+) passed, (\\d+) skipped, (\\d+) failed");

  private H2Spec() {}

  /**
   * Runs sections against a mesh's caller and fails unless every case passes.
   *
   * @param sections none for all
   */
  static void allPass(
      LoopbackMesh mesh, String path, int cases, boolean strict, String... sections) {
    List<String> command = new ArrayList<>(List.of(Programs.h2spec()));
    command.addAll(List.of(sections));
    InetSocketAddress target = mesh.upstream();
    command.addAll(
        List.of("-h", target.getHostString(), "-p", Integer.toString(target.getPort()), "-o", "3"));
    if (strict) {
      command.add("-S");
    }
    String output = Shell.run(Map.of(), command).output();
    Matcher summary = SUMMARY.matcher(output);
    assertThat(summary.find()).as(output).isTrue();
    System.out.println(
        "CONFORMANCE h2spec " + path + (strict ? " strict: " : ": ") + summary.group());
    assertThat(summary.group())
        .as(output)
        .isEqualTo(cases + " tests, " + cases + " passed, 0 skipped, 0 failed");
  }

  /** Starts an application that answers everything. */
  static HttpServer application(InetSocketAddress address) throws IOException {
    HttpServer server = HttpServer.create(address, 500);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          byte[] body = "answered".getBytes(StandardCharsets.US_ASCII);
          exchange.getRequestBody().readAllBytes();
          boolean head = exchange.getRequestMethod().equals("HEAD");
          exchange.sendResponseHeaders(200, head ? -1 : body.length);
          if (!head) {
            exchange.getResponseBody().write(body);
          }
          exchange.close();
        });
    server.start();
    return server;
  }
}
