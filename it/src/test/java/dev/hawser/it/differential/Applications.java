package dev.hawser.it.differential;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The applications behind both proxies. They keep what they see of each case, and answer as the
 * request tells them to: a status for each attempt, or {@code reset} to close without an answer.
 */
final class Applications implements AutoCloseable {
  private final List<ServerSocket> servers = new ArrayList<>();
  private final Map<String, List<Attempt>> attempts = new ConcurrentHashMap<>();

  /**
   * What an application saw.
   *
   * @param application which one
   */
  record Attempt(String application, Message request) {}

  private Applications() {}

  static Applications start(int count) throws IOException {
    Applications applications = new Applications();
    for (int i = 0; i < count; i++) {
      ServerSocket server = new ServerSocket();
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
      String name = name(i);
      applications.servers.add(server);
      Thread.ofVirtual().start(() -> applications.accept(name, server));
    }
    return applications;
  }

  static String name(int number) {
    return "app-" + number;
  }

  int port(int number) {
    return servers.get(number).getLocalPort();
  }

  int count() {
    return servers.size();
  }

  /** Returns what was seen of a case and forgets it. */
  List<Attempt> take(String name) {
    List<Attempt> seen = attempts.remove(name);
    return seen == null ? List.of() : List.copyOf(seen);
  }

  private void accept(String name, ServerSocket server) {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(name, socket));
      } catch (IOException _) {
        return; // closed
      }
    }
  }

  private void serve(String name, Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      BufferedInputStream in = new BufferedInputStream(socket.getInputStream());
      for (Optional<Message> next = Message.request(in);
          next.isPresent();
          next = Message.request(in)) {
        Message request = next.get();
        String answer = answer(name, request);
        if (answer.isEmpty()) {
          return;
        }
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
      }
    } catch (IOException _) {
      // the proxy has closed the connection
    }
  }

  private String answer(String name, Message request) {
    List<Attempt> seen =
        attempts.computeIfAbsent(
            request.value(Request.CASE).orElse("none"),
            _ -> java.util.Collections.synchronizedList(new ArrayList<>()));
    seen.add(new Attempt(name, request));
    String[] script = request.value(Request.SCRIPT).orElse("200").split(",", -1);
    String word = script[Math.min(seen.size(), script.length) - 1];
    if (word.equals("reset")) {
      return "";
    }
    boolean retriable = word.endsWith("!");
    int status = Integer.parseInt(retriable ? word.substring(0, word.length() - 1) : word);
    StringBuilder out = new StringBuilder("HTTP/1.1 ").append(status).append(" Told\r\n");
    out.append("x-application: ")
        .append(name)
        .append("\r\nx-one: 1\r\nx-two: 2\r\nx-two: zwei\r\n");
    out.append("x-empty: \r\nset-cookie: a=1\r\nset-cookie: b=2\r\n");
    if (retriable) {
      out.append("x-again: yes\r\n");
    }
    String body = request.first().startsWith("HEAD ") || status == 204 ? "" : "from " + name;
    if (status != 204) {
      out.append("content-length: ").append(body.length()).append("\r\n");
    }
    return out.append("\r\n").append(body).toString();
  }

  @Override
  public void close() throws IOException {
    for (ServerSocket server : servers) {
      server.close();
    }
  }
}
