package dev.hawser.gateway.proxyprotocol;

import java.net.InetAddress;

/**
 * IP addresses that have their first bits in common (RFC 4632).
 *
 * @param bits how many, 0 to 32 or to 128
 */
public record AddressBlock(InetAddress first, int bits) {
  public AddressBlock {
    int most = first.getAddress().length * 8;
    if (bits < 0 || bits > most) {
      throw new IllegalArgumentException("prefix: " + bits + " (expected: 0-" + most + ")");
    }
  }

  /**
   * Reads {@code 10.0.0.0/8}, or an address that stands for itself.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static AddressBlock parse(String text) {
    int slash = text.indexOf('/');
    InetAddress first = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
    return new AddressBlock(
        first,
        slash < 0 ? first.getAddress().length * 8 : Integer.parseInt(text.substring(slash + 1)));
  }

  /** Whether the address lies in it; one of the other family never does. */
  public boolean contains(InetAddress address) {
    byte[] mine = first.getAddress();
    byte[] other = address.getAddress();
    if (mine.length != other.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      if (((mine[bit / 8] ^ other[bit / 8]) >> (7 - bit % 8) & 1) != 0) {
        return false;
      }
    }
    return true;
  }
}
