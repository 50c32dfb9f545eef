package dev.hawser.bench.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The answers of every backend, ready to be written. Their bodies never change. */
public final class Answers {
  /** Body of the usual answer, in bytes. */
  public static final int SMALL = 1024;

  /** Body of the answer to {@link #LARGE_PATH}, in bytes. */
  public static final int LARGE = 1024 * 1024;

  /** Path of the large answer; every other path has the small one. */
  public static final String LARGE_PATH = "/1m";

  private Answers() {}

  /** Returns a whole HTTP/1.1 answer. */
  static ByteBuf http1(int length) {
    byte[] head =
        ("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: " + length + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    // Lives as long as the process, so it is none of those whose release is watched.
    ByteBuffer answer =
        ByteBuffer.allocateDirect(head.length + length).put(head).put(body(length)).flip();
    return Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(answer).asReadOnly());
  }

  /** Returns a body: letters, so that a wrong byte shows. */
  public static byte[] body(int length) {
    byte[] body = new byte[length];
    for (int i = 0; i < length; i++) {
      body[i] = (byte) ('a' + i % 26);
    }
    return body;
  }

  /** Returns a gRPC message of the small length, its prefix included. */
  static byte[] message() {
    byte[] message = body(SMALL);
    int length = SMALL - 5;
    message[0] = 0;
    message[1] = 0;
    message[2] = 0;
    message[3] = (byte) (length >> 8);
    message[4] = (byte) length;
    return message;
  }
}
