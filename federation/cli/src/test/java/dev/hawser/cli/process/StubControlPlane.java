package dev.hawser.cli.process;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Ready at once, hands out one token; fails if it is told to. */
public final class StubControlPlane {
  private StubControlPlane() {}

  public static void main(String[] args) throws IOException {
    if (System.getProperty("stub.fail") != null) {
      System.out.println("no database here");
      System.exit(7);
    }
    Path dataDir = Path.of(System.getProperty("hawser.data-dir"));
    Files.writeString(dataDir.resolve("admin-token"), "s3cret\n");
    Files.writeString(
        dataDir.resolve("configuration"),
        System.getProperty("hawser.cluster.name")
            + " "
            + System.getProperty("hawser.listen.proxies")
            + " "
            + System.getProperty("hawser.registry.file.directory"));
    HttpServer server =
        HttpServer.create(
            new InetSocketAddress(
                System.getProperty("quarkus.http.host"), Integer.getInteger("quarkus.http.port")),
            0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body =
              "{\"id\":\"1\",\"token\":\"hwsr1.abc\",\"expires\":\"2030-01-01T00:00:00Z\"}"
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }
}
