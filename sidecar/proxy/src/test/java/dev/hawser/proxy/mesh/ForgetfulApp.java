package dev.hawser.proxy.mesh;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An application that keeps each connection after its first request and ends it, without a word,
 * when the second comes.
 */
final class ForgetfulApp implements AutoCloseable {
  private static final byte[] ANSWER =
      "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket server = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
  private final CountDownLatch together;

  /** Requests that it ended the connection under. */
  final AtomicInteger forgotten = new AtomicInteger();

  private ForgetfulApp(int together) throws IOException {
    this.together = new CountDownLatch(together);
  }

  /** Starts one that answers nothing until it has been asked so many times at once. */
  static ForgetfulApp start(int together) throws IOException {
    ForgetfulApp app = new ForgetfulApp(together);
    Thread.ofVirtual().start(app::accept);
    return app;
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (true) {
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
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      if (isAsked(in)) {
        together.countDown();
        together.await();
        socket.getOutputStream().write(ANSWER);
        if (isAsked(in)) {
          forgotten.incrementAndGet();
        }
      }
    } catch (IOException _) {
      // the proxy closed it
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean isAsked(BufferedReader in) throws IOException {
    String line = in.readLine();
    boolean asked = line != null;
    while (line != null && !line.isEmpty()) {
      line = in.readLine();
    }
    return asked;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
