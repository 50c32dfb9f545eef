package dev.hawser.gateway.boot;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Counts every byte that reaches it, says its name once it got some, then echoes. */
final class RecordingBackend implements AutoCloseable {
  final AtomicInteger connections = new AtomicInteger();
  final AtomicLong bytes = new AtomicLong();
  private final String name;
  private final ServerSocket server;

  RecordingBackend(String name) {
    this.name = name;
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException _) {
        return; // closed by the test
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      byte[] piece = new byte[16 * 1024];
      boolean first = true;
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        bytes.addAndGet(n);
        if (first) {
          socket.getOutputStream().write(name.getBytes(StandardCharsets.US_ASCII));
          first = false;
        } else {
          socket.getOutputStream().write(piece, 0, n);
        }
      }
    } catch (IOException _) {
      // Reset by the gateway; the counters say what came before.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
