package dev.hawser.proxy.mesh;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A client of HTTP/2 that sends what it is told, frame by frame. */
final class RawHttp2 implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int GOAWAY = 7;
  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;

  /**
   * A frame that came.
   *
   * @param text its payload, each octet a character
   */
  record Frame(int type, int flags, int stream, String text) {}

  private final Socket socket;
  private final DataInputStream in;
  private @Nullable ByteArrayOutputStream corked;

  RawHttp2(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(10_000);
    in = new DataInputStream(socket.getInputStream());
    socket
        .getOutputStream()
        .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    send(SETTINGS, 0, 0, new byte[0]);
  }

  void send(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.writeBytes(number(payload.length, 3));
    frame.write(type);
    frame.write(flags);
    frame.writeBytes(number(stream, 4));
    frame.writeBytes(payload);
    if (corked != null) {
      corked.writeBytes(frame.toByteArray());
    } else {
      socket.getOutputStream().write(frame.toByteArray());
    }
  }

  /** Says that no more comes. */
  void endOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** Holds frames back, so that they arrive together. */
  void cork() {
    corked = new ByteArrayOutputStream();
  }

  void uncork() throws IOException {
    ByteArrayOutputStream frames = corked;
    corked = null;
    if (frames != null) {
      socket.getOutputStream().write(frames.toByteArray());
    }
  }

  /** Sends HEADERS; names and values alternate, none is indexed. */
  void headers(int stream, boolean end, String... fields) throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < fields.length; i++) {
      if (i % 2 == 0) {
        block.write(0);
      }
      byte[] octets = fields[i].getBytes(StandardCharsets.ISO_8859_1);
      block.write(octets.length);
      block.writeBytes(octets);
    }
    send(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, block.toByteArray());
  }

  /** Returns the next frame of a type; those of others are passed over. */
  Frame next(int type) throws IOException {
    while (true) {
      Frame frame = next();
      if (frame.type() == type) {
        return frame;
      }
    }
  }

  private Frame next() throws IOException {
    int length = (in.readUnsignedShort() << 8) | in.readUnsignedByte();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt();
    byte[] payload = new byte[length];
    in.readFully(payload);
    return new Frame(type, flags, stream, new String(payload, StandardCharsets.ISO_8859_1));
  }

  private static byte[] number(int value, int octets) {
    byte[] out = new byte[octets];
    for (int i = 0; i < octets; i++) {
      out[i] = (byte) (value >>> (8 * (octets - 1 - i)));
    }
    return out;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
