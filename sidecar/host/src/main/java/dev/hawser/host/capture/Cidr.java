package dev.hawser.host.capture;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * A block of addresses (RFC 4632, RFC 4291).
 *
 * @param network its first address; no bit behind the prefix is set
 * @param prefix 0-32, of IPv6 0-128
 */
public record Cidr(InetAddress network, int prefix) implements Comparable<Cidr> {
  public Cidr {
    int bits = network.getAddress().length * Byte.SIZE;
    if (prefix < 0 || prefix > bits) {
      throw new IllegalArgumentException(
          "address block: prefix "
              + prefix
              + " of "
              + network.getHostAddress()
              + " (expected: 0-"
              + bits
              + ")");
    }
    InetAddress first = masked(network, prefix);
    if (!first.equals(network)) {
      throw new IllegalArgumentException(
          "address block: '"
              + text(network)
              + "/"
              + prefix
              + "' has bits behind its prefix (expected: "
              + text(first)
              + "/"
              + prefix
              + ")");
    }
  }

  /**
   * Reads {@code 10.0.0.0/8}, {@code fd00::/8}, or an address alone.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    InetAddress network;
    int prefix;
    String address = slash < 0 ? text : text.substring(0, slash);
    try {
      // `10.1` is an address to some and 10.0.0.1; nobody means that in a block.
      if (address.indexOf(':') < 0 && !address.matches("\\d+(\\.\\d+){3}")) {
        throw new IllegalArgumentException("not four numbers");
      }
      network = InetAddress.ofLiteral(address);
      prefix =
          slash < 0
              ? network.getAddress().length * Byte.SIZE
              : Integer.parseInt(text.substring(slash + 1));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "address block: '" + text + "' (expected: e.g. 10.0.0.0/8, fd00::/8 or 192.0.2.7)", e);
    }
    return new Cidr(network, prefix);
  }

  /** Returns the same addresses with no block inside another: the kernel refuses overlaps. */
  static List<Cidr> merged(Collection<Cidr> blocks) {
    List<Cidr> merged = new ArrayList<>();
    for (Cidr next : blocks.stream().sorted().toList()) {
      // Sorted, whatever contains a block is the last one kept before it.
      if (merged.isEmpty() || !merged.getLast().contains(next)) {
        merged.add(next);
      }
    }
    return List.copyOf(merged);
  }

  boolean isV6() {
    return network instanceof Inet6Address;
  }

  boolean contains(Cidr other) {
    return isV6() == other.isV6()
        && prefix <= other.prefix
        && masked(other.network, prefix).equals(network);
  }

  @Override
  public int compareTo(Cidr other) {
    return Comparator.comparing(Cidr::isV6)
        .thenComparing(cidr -> cidr.network().getAddress(), Arrays::compareUnsigned)
        .thenComparingInt(Cidr::prefix)
        .compare(this, other);
  }

  @Override
  public String toString() {
    return text(network) + "/" + prefix;
  }

  /** The longest row of zeros of an IPv6 address is left out, as RFC 5952 has it. */
  private static String text(InetAddress address) {
    String plain = address.getHostAddress();
    if (!(address instanceof Inet6Address)) {
      return plain;
    }
    for (int length = 8; length > 1; length--) {
      String zeros = "0" + ":0".repeat(length - 1);
      int at = (":" + plain + ":").indexOf(":" + zeros + ":");
      if (at >= 0) {
        String before = plain.substring(0, at);
        String after = plain.substring(at + zeros.length());
        return (before.endsWith(":") ? before.substring(0, before.length() - 1) : before)
            + "::"
            + (after.startsWith(":") ? after.substring(1) : after);
      }
    }
    return plain;
  }

  private static InetAddress masked(InetAddress address, int prefix) {
    byte[] octets = address.getAddress();
    for (int i = 0; i < octets.length; i++) {
      int kept = Math.clamp(prefix - (long) i * Byte.SIZE, 0, Byte.SIZE);
      octets[i] = (byte) (octets[i] & (0xff << (Byte.SIZE - kept)));
    }
    try {
      return InetAddress.getByAddress(octets);
    } catch (java.net.UnknownHostException e) {
      throw new IllegalStateException("an address of the length of an address is refused", e);
    }
  }
}
