package dev.hawser.proxy.exchange;

import io.netty.buffer.ByteBuf;

/** Counts the messages of one direction of a gRPC call by their prefixes, however they are cut. */
final class GrpcMessages {
  /** A flag and a length of four octets. */
  private static final int PREFIX = 5;

  private int prefix;
  private long length;
  private long left;
  private long count;

  /** Looks at a piece of the body; its indices stay. */
  void read(ByteBuf piece) {
    int at = piece.readerIndex();
    int end = piece.writerIndex();
    while (at < end) {
      if (left > 0) {
        int step = (int) Math.min(left, end - at);
        left -= step;
        at += step;
        continue;
      }
      int octet = piece.getByte(at++) & 0xff;
      length = prefix == 0 ? 0 : length << 8 | octet;
      if (++prefix == PREFIX) {
        count++;
        left = length;
        prefix = 0;
      }
    }
  }

  long count() {
    return count;
  }
}
