package dev.hawser.it.conformance;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** An application of HTTP/1.1 that keeps each request target exactly as it came. */
final class Recorder implements AutoCloseable {
  private static final byte[] OK =
      "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket server = new ServerSocket();
  final BlockingQueue<String> targets = new LinkedBlockingQueue<>();

  private Recorder() throws IOException {
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  static Recorder start() throws IOException {
    Recorder recorder = new Recorder();
    Thread.ofVirtual().start(recorder::accept);
    return recorder;
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
      OutputStream out = socket.getOutputStream();
      while (true) {
        String head = head(in);
        targets.add(head.substring(head.indexOf(' ') + 1, head.indexOf(" HTTP/1.1\r\n")));
        out.write(OK);
      }
    } catch (IOException _) {
      // the proxy has closed the connection
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
      int octet = in.read();
      if (octet < 0) {
        throw new EOFException("connection ended");
      }
      head.append((char) octet);
    }
    return head.toString();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
