package dev.hawser.it.operation;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients of HTTP/1.1 that do not forgive: whatever they have sent on a connection that stood must
 * be answered. Half of them make a connection for each request; the others keep theirs, send three
 * requests at a time, and leave only when they are told to.
 */
final class Callers implements AutoCloseable {
  private static final int PIPELINED = 3;

  private final InetSocketAddress address;
  private final boolean refusalIsEnd;
  private final List<Thread> threads = new ArrayList<>();
  final List<String> failures = new CopyOnWriteArrayList<>();
  final AtomicInteger answered = new AtomicInteger();
  private volatile boolean stop;

  private Callers(InetSocketAddress address, boolean refusalIsEnd) {
    this.address = address;
    this.refusalIsEnd = refusalIsEnd;
  }

  /**
   * Starts so many of each kind.
   *
   * @param refusalIsEnd whether one whose connection is refused stops and does not complain
   */
  static Callers start(InetSocketAddress address, int each, boolean refusalIsEnd) {
    Callers callers = new Callers(address, refusalIsEnd);
    for (int i = 0; i < each; i++) {
      callers.threads.add(Thread.ofVirtual().start(() -> callers.run(1)));
      callers.threads.add(Thread.ofVirtual().start(() -> callers.run(PIPELINED)));
    }
    return callers;
  }

  private void run(int atOnce) {
    while (!stop) {
      try (Socket socket = new Socket()) {
        socket.setSoTimeout(20_000);
        socket.connect(address, 5000);
        converse(socket, atOnce);
      } catch (ConnectException e) {
        if (refusalIsEnd) {
          return;
        }
        failures.add("connecting: " + e.getMessage());
      } catch (IOException | InterruptedException e) {
        failures.add(atOnce + " at once: " + e);
      }
    }
  }

  /** Until it is told that the connection ends. */
  private void converse(Socket socket, int atOnce) throws IOException, InterruptedException {
    InputStream in = new BufferedInputStream(socket.getInputStream());
    boolean single = atOnce == 1;
    String one =
        "GET / HTTP/1.1\r\nhost: app\r\n" + (single ? "connection: close\r\n" : "") + "\r\n";
    byte[] request = one.repeat(atOnce).getBytes(StandardCharsets.US_ASCII);
    boolean last = false;
    while (!last && !stop) {
      socket.getOutputStream().write(request);
      for (int i = 0; i < atOnce; i++) {
        last |= readAnswer(in, i + " of " + atOnce);
      }
      Thread.sleep(2);
    }
  }

  /** Returns whether it is the last. */
  private boolean readAnswer(InputStream in, String which) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int octet = in.read();
      if (octet < 0) {
        throw new IOException("no answer to request " + which + " after '" + head + "'");
      }
      head.append((char) octet);
    }
    String text = head.toString().toLowerCase(Locale.ROOT);
    if (!text.startsWith("http/1.1 200")) {
      failures.add(head.toString());
    }
    int at = text.indexOf("content-length: ");
    int length = Integer.parseInt(text.substring(at + 16, text.indexOf('\r', at)));
    if (in.readNBytes(length).length < length) {
      throw new IOException("half an answer to request " + which);
    }
    answered.incrementAndGet();
    return text.contains("connection: close");
  }

  /** Waits until all have stopped. */
  void awaitEnd() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** Has all of them stop after what they have under way, and waits for it. */
  void stop() throws InterruptedException {
    stop = true;
    awaitEnd();
  }

  @Override
  public void close() {
    stop = true;
  }
}
