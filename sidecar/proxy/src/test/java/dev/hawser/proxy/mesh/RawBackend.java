package dev.hawser.proxy.mesh;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An application that keeps every octet it is sent, and takes only requests that leave nothing to
 * understand.
 */
final class RawBackend implements AutoCloseable {
  /**
   * A request as it came.
   *
   * @param head with its empty line
   * @param body without chunks' frames
   */
  record Seen(String head, String body) {
    /** Returns method, path and body. */
    String text() {
      String line = head.substring(0, head.indexOf(" HTTP/1.1\r\n"));
      return body.isEmpty() ? line : line + " " + body;
    }
  }

  private final ServerSocket server;
  final List<Seen> requests = new CopyOnWriteArrayList<>();
  final List<String> faults = new CopyOnWriteArrayList<>();

  private RawBackend() throws IOException {
    server = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
  }

  static RawBackend start() throws IOException {
    RawBackend backend = new RawBackend();
    Thread.ofVirtual().start(backend::accept);
    return backend;
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException _) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      while (true) {
        String head = head(in);
        requests.add(new Seen(head, body(head, in)));
        socket
            .getOutputStream()
            .write(
                "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException _) {
      // the proxy closed the connection, maybe within a request that it does not complete
    }
  }

  private String head(InputStream in) throws IOException {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    while (!octets.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      octets.write(octet(in));
    }
    String head = octets.toString(StandardCharsets.ISO_8859_1);
    String[] lines = head.substring(0, head.length() - 4).split("\r\n", -1);
    if (!lines[0].matches("[A-Z]+ (/[!-~]*|\\*) HTTP/1\\.1")) {
      faults.add("request line: " + lines[0]);
    }
    int lengths = 0;
    int hosts = 0;
    for (int i = 1; i < lines.length; i++) {
      if (!lines[i].matches("[!#$%&'*+.^_`|~0-9a-z-]+: [\t\\x20-\\x7e\\x80-\\xff]*")) {
        faults.add("field: " + lines[i]);
      }
      hosts += lines[i].startsWith("host:") ? 1 : 0;
      boolean length =
          lines[i].startsWith("content-length:") || lines[i].startsWith("transfer-encoding:");
      lengths += length ? 1 : 0;
    }
    if (hosts != 1 || lengths > 1) {
      faults.add(hosts + " hosts, " + lengths + " lengths: " + head);
    }
    return head;
  }

  private String body(String head, InputStream in) throws IOException {
    String lower = head.toLowerCase(Locale.ROOT);
    if (lower.contains("\r\ntransfer-encoding: chunked\r\n")) {
      return chunks(in);
    }
    int at = lower.indexOf("\r\ncontent-length: ");
    if (at < 0) {
      return "";
    }
    int from = at + "\r\ncontent-length: ".length();
    return read(in, Integer.parseInt(lower.substring(from, lower.indexOf('\r', from))));
  }

  private String chunks(InputStream in) throws IOException {
    StringBuilder body = new StringBuilder();
    while (true) {
      String line = line(in);
      if (!line.matches("[0-9a-f]+")) {
        faults.add("chunk size: " + line);
      }
      int size = Integer.parseInt(line, 16);
      if (size == 0) {
        while (!line(in).isEmpty()) {
          // trailers
        }
        return body.toString();
      }
      body.append(read(in, size));
      line(in);
    }
  }

  private static String read(InputStream in, int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("body ends after " + bytes.length + " of " + count);
    }
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    while (!line.toString().endsWith("\r\n")) {
      line.append((char) octet(in));
    }
    return line.substring(0, line.length() - 2);
  }

  private static int octet(InputStream in) throws IOException {
    int octet = in.read();
    if (octet < 0) {
      throw new EOFException("connection ended");
    }
    return octet;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
