package dev.hawser.proxy.http;

import io.netty.buffer.ByteBuf;

/**
 * Finds the empty line that ends a head in bytes that come in pieces; no byte is looked at twice.
 */
final class Http1HeadFinder {
  private final int limit;
  private final boolean strictLines;
  private int scanned;
  private int lineStart;

  /**
   * Makes a finder for one connection.
   *
   * @param limit bytes of a head
   * @param strictLines whether a line feed alone is refused (what a client sends) or ends a line
   *     (what an application sends)
   */
  Http1HeadFinder(int limit, boolean strictLines) {
    this.limit = limit;
    this.strictLines = strictLines;
  }

  /**
   * Looks for the end from where it stopped the last time.
   *
   * @param in whose reader index is at the first byte of the head and has not moved since
   * @return the head without the empty line, its bytes consumed; or null if it is not complete
   */
  byte @org.jspecify.annotations.Nullable [] find(ByteBuf in) throws BadMessageException {
    int base = in.readerIndex();
    int end = Math.min(in.readableBytes(), limit);
    while (scanned < end) {
      int feed = in.indexOf(base + scanned, base + end, (byte) '\n');
      if (feed < 0) {
        scanned = end;
        break;
      }
      int at = feed - base;
      boolean afterReturn = at > lineStart && in.getByte(feed - 1) == '\r';
      if (!afterReturn && strictLines) {
        throw new BadMessageException(400, "line feed without carriage return");
      }
      int lineLength = at - lineStart - (afterReturn ? 1 : 0);
      scanned = at + 1;
      if (lineLength == 0) {
        return take(in, lineStart, at + 1);
      }
      lineStart = at + 1;
    }
    if (in.readableBytes() >= limit) {
      throw new BadMessageException(431, "head longer than " + limit + " bytes");
    }
    return null;
  }

  private byte[] take(ByteBuf in, int length, int withEmptyLine) {
    byte[] head = new byte[length];
    in.readBytes(head);
    in.skipBytes(withEmptyLine - length);
    scanned = 0;
    lineStart = 0;
    return head;
  }
}
