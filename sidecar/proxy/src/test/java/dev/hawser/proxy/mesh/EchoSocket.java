package dev.hawser.proxy.mesh;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An application that goes on with a WebSocket (RFC 6455) and sends every frame back unmasked, or,
 * at {@code /plain}, answers as if it had not been asked.
 */
final class EchoSocket implements AutoCloseable {
  private static final Pattern KEY = Pattern.compile("\r\nsec-websocket-key: ([^\r]+)\r\n");
  private static final int CLOSE = 8;

  private final ServerSocket server;
  final List<String> heads = new CopyOnWriteArrayList<>();

  /** What followed a refused upgrade on its connection. */
  final List<String> strays = new CopyOnWriteArrayList<>();

  private EchoSocket() throws IOException {
    server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
  }

  static EchoSocket start() throws IOException {
    EchoSocket socket = new EchoSocket();
    Thread.ofVirtual().start(socket::accept);
    return socket;
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
      String head = head(in);
      heads.add(head);
      Matcher key = KEY.matcher(head);
      if (head.startsWith("GET /plain ") || !key.find()) {
        out.write(ascii("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nplain"));
        byte[] more = in.readAllBytes();
        if (more.length > 0) {
          strays.add(new String(more, StandardCharsets.ISO_8859_1));
        }
        return;
      }
      out.write(
          ascii(
              "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n"
                  + "Sec-WebSocket-Accept: "
                  + accept(key.group(1))
                  + "\r\n\r\n"));
      while (echo(in, out)) {
        // one frame
      }
    } catch (IOException _) {
      // the other side has gone
    }
  }

  static String accept(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest(ascii(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
      return Base64.getEncoder().encodeToString(digest);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** Sends one frame back; returns false after a close frame. */
  private static boolean echo(InputStream in, OutputStream out) throws IOException {
    byte[] start = exactly(in, 2);
    int length = start[1] & 0x7f;
    byte[] longer = length < 126 ? new byte[0] : exactly(in, length == 126 ? 2 : 8);
    long size = length < 126 ? length : number(longer);
    byte[] mask = exactly(in, 4);
    byte[] payload = exactly(in, (int) size);
    for (int i = 0; i < payload.length; i++) {
      payload[i] ^= mask[i % 4];
    }
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(start[0]);
    frame.write(length);
    frame.write(longer);
    frame.write(payload);
    out.write(frame.toByteArray());
    return (start[0] & 0x0f) != CLOSE;
  }

  private static long number(byte[] octets) {
    long value = 0;
    for (byte octet : octets) {
      value = (value << 8) | (octet & 0xff);
    }
    return value;
  }

  private static byte[] exactly(InputStream in, int count) throws IOException {
    byte[] octets = in.readNBytes(count);
    if (octets.length < count) {
      throw new EOFException("connection ended");
    }
    return octets;
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      head.append((char) exactly(in, 1)[0]);
    }
    return head.toString();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
