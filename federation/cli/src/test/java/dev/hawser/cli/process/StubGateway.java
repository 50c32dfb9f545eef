package dev.hawser.cli.process;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Ready where its start file says; says when it is asked to end. */
public final class StubGateway {
  private static final Pattern ADMIN = Pattern.compile("admin: \"?([0-9.]+):([0-9]+)");

  private StubGateway() {}

  public static void main(String[] args) throws IOException {
    Matcher admin = ADMIN.matcher(Files.readString(Path.of(args[1])));
    if (!admin.find()) {
      throw new IOException("no admin in " + args[1]);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("draining")));
    HttpServer server =
        HttpServer.create(
            new InetSocketAddress(admin.group(1), Integer.parseInt(admin.group(2))), 0);
    server.createContext(
        "/ready",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
  }
}
