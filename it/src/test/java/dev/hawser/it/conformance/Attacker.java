package dev.hawser.it.conformance;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** A connection that sends what it is told and reads nothing unless it is told. */
final class Attacker implements AutoCloseable {
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int CONTINUATION = 9;
  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;

  /** Octets; no kernel gives less than this. */
  private static final int LEAST_ROOM = 4096;

  /** Callers come from many addresses, for one alone has too few ports. */
  private static final AtomicInteger SOURCE = new AtomicInteger();

  private final Socket socket = new Socket();
  private ByteBuffer frame = ByteBuffer.allocate(64);

  Attacker(InetSocketAddress target) throws IOException {
    this(target, 0);
  }

  private Attacker(InetSocketAddress target, int room) throws IOException {
    try {
      if (room > 0) {
        socket.setReceiveBufferSize(room);
      }
      // Its end leaves nothing behind: 100,000 connections in a minute would use up all ports.
      socket.setOption(StandardSocketOptions.SO_LINGER, 0);
      int source = SOURCE.getAndIncrement() % 200 + 1;
      socket.bind(new InetSocketAddress("127.200.0." + source, 0));
      socket.setSoTimeout(10_000);
      socket.connect(target, 10_000);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Opens a connection that has next to no room for what it does not read. */
  static Attacker withoutRoom(InetSocketAddress target) throws IOException {
    return new Attacker(target, LEAST_ROOM);
  }

  /** Says the preface of HTTP/2, with settings that ask for nothing. */
  static Attacker http2(InetSocketAddress target) throws IOException {
    Attacker attacker = new Attacker(target);
    attacker.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    attacker.frame(SETTINGS, 0, 0, new byte[0]);
    return attacker;
  }

  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  void send(byte[] octets) throws IOException {
    socket.getOutputStream().write(octets);
  }

  boolean trySend(String text) {
    return trySend(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Returns whether the connection took it: not if it has ended. */
  boolean trySend(byte[] octets) {
    try {
      send(octets);
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  /**
   * Sends a frame of HTTP/2 (RFC 9113 section 4.1). It leaves no garbage: the client beside would
   * wait for its collection, and that is none of the proxy's business.
   */
  void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    if (frame.capacity() < 9 + payload.length) {
      frame = ByteBuffer.allocate(9 + payload.length);
    }
    frame
        .clear()
        .put((byte) (payload.length >>> 16))
        .putShort((short) payload.length)
        .put((byte) type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload);
    socket.getOutputStream().write(frame.array(), 0, frame.position());
  }

  /** Reads until the other side has ended the connection; a timeout if it never does. */
  void awaitEnd() throws IOException {
    byte[] buffer = new byte[1024];
    try {
      while (socket.getInputStream().read(buffer) >= 0) {
        // what it says before is of no interest
      }
    } catch (SocketException _) {
      // reset: an end as well
    }
  }

  /** Reads until a number of answers of HTTP/1.1 have begun. */
  void awaitAnswers(int count) throws IOException {
    int seen = 0;
    int matched = 0;
    byte[] wanted = "HTTP/1.1 ".getBytes(StandardCharsets.US_ASCII);
    byte[] buffer = new byte[16 * 1024];
    while (seen < count) {
      int read = socket.getInputStream().read(buffer);
      if (read < 0) {
        throw new IOException("ended after " + seen + " answers (expected: " + count + ")");
      }
      for (int i = 0; i < read; i++) {
        matched = buffer[i] == wanted[matched] ? matched + 1 : buffer[i] == wanted[0] ? 1 : 0;
        if (matched == wanted.length) {
          seen++;
          matched = 0;
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
