package dev.hawser.proxy.outbound;

import io.netty.util.AsciiString;
import java.util.SplittableRandom;

/** Makes names for requests that have none: random UUIDs (RFC 9562, version 4). */
final class RequestIds {
  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  private RequestIds() {}

  static AsciiString next(SplittableRandom random) {
    long high = (random.nextLong() & ~0xf000L) | 0x4000L;
    long low = (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
    byte[] text = new byte[36];
    int at = 0;
    for (int i = 0; i < 32; i++) {
      if (i == 8 || i == 12 || i == 16 || i == 20) {
        text[at++] = '-';
      }
      long half = i < 16 ? high : low;
      text[at++] = HEX[(int) (half >>> (60 - 4 * (i % 16))) & 15];
    }
    return new AsciiString(text, false);
  }
}
