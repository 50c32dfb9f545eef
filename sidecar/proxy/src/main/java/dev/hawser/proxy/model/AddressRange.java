package dev.hawser.proxy.model;

import java.net.InetAddress;

/**
 * IP addresses that have their first bits in common (RFC 4632).
 *
 * @param bits how many
 */
public record AddressRange(InetAddress first, int bits) {
  public AddressRange {
    int most = first.getAddress().length * 8;
    if (bits < 0 || bits > most) {
      throw new IllegalArgumentException("prefix: " + bits + " (expected: 0-" + most + ")");
    }
  }

  /** Whether the address lies in it; one of the other family never does. */
  public boolean contains(InetAddress address) {
    byte[] mine = first.getAddress();
    byte[] other = address.getAddress();
    if (mine.length != other.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit += 8) {
      int mask = bits - bit >= 8 ? 0xff : 0xff << (8 - (bits - bit)) & 0xff;
      if (((mine[bit / 8] ^ other[bit / 8]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }
}
