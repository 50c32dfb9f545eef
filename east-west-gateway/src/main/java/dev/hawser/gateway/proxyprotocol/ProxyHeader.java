package dev.hawser.gateway.proxyprotocol;

import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the header of the PROXY protocol, as its specification of 2020 has it. */
public final class ProxyHeader {
  /** A line of version 1 with its end. */
  private static final int MAX_LINE = 107;

  /** Addresses and further facts of version 2; the specification has none that need as much. */
  private static final int MAX_REST = 2048;

  private static final byte[] LINE = "PROXY ".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] BLOCK = {
    0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a
  };

  private static final int BLOCK_HEAD = 16;

  private static final Pattern PORT = Pattern.compile("0|[1-9][0-9]{0,4}");
  private static final Pattern FOUR = Pattern.compile("[0-9.]{7,15}");
  private static final Pattern SIX = Pattern.compile("[0-9a-fA-F:.]{2,45}");

  private ProxyHeader() {}

  /** What the first bytes turned out to be. */
  public sealed interface Result {
    /** A correct beginning; more bytes are needed. */
    record Incomplete() implements Result {}

    /**
     * No header that may be believed.
     *
     * @param reason a sentence fragment; never text of the sender
     */
    record Malformed(String reason) implements Result {}

    /**
     * A header.
     *
     * @param source of the connection; null if the sender speaks for itself or does not know
     * @param length of the header in octets
     */
    record Found(@Nullable InetSocketAddress source, int length) implements Result {}
  }

  private static final Result INCOMPLETE = new Result.Incomplete();

  /** Reads from the reader's index, which stays where it is. */
  public static Result parse(ByteBuf in) {
    if (begins(in, BLOCK)) {
      return in.readableBytes() < BLOCK_HEAD ? INCOMPLETE : block(in);
    }
    if (begins(in, LINE)) {
      return in.readableBytes() < LINE.length ? INCOMPLETE : line(in);
    }
    return new Result.Malformed("no header of the PROXY protocol");
  }

  /** Whether what is there is the beginning of the mark, or begins with it. */
  private static boolean begins(ByteBuf in, byte[] mark) {
    int length = Math.min(in.readableBytes(), mark.length);
    for (int i = 0; i < length; i++) {
      if (in.getByte(in.readerIndex() + i) != mark[i]) {
        return false;
      }
    }
    return true;
  }

  private static Result line(ByteBuf in) {
    int length = Math.min(in.readableBytes(), MAX_LINE);
    int end = in.indexOf(in.readerIndex(), in.readerIndex() + length, (byte) '\n');
    if (end < 0) {
      return length < MAX_LINE ? INCOMPLETE : new Result.Malformed("a line that does not end");
    }
    int whole = end - in.readerIndex() + 1;
    String text = in.toString(in.readerIndex(), whole, StandardCharsets.US_ASCII);
    if (!text.endsWith("\r\n")) {
      return new Result.Malformed("a line without a carriage return");
    }
    String[] words = text.substring(0, whole - 2).split(" ", -1);
    if (words.length >= 2 && words[1].equals("UNKNOWN")) {
      return new Result.Found(null, whole);
    }
    if (words.length != 6) {
      return new Result.Malformed("a line of not six words");
    }
    InetSocketAddress source = address(words[1], words[2], words[4]);
    boolean sound = source != null && address(words[1], words[3], words[5]) != null;
    return sound
        ? new Result.Found(source, whole)
        : new Result.Malformed("a line without sound addresses");
  }

  private static @Nullable InetSocketAddress address(String family, String host, String port) {
    Pattern shape =
        switch (family) {
          case "TCP4" -> FOUR;
          case "TCP6" -> SIX;
          default -> null;
        };
    if (shape == null || !shape.matcher(host).matches() || !PORT.matcher(port).matches()) {
      return null;
    }
    int number = Integer.parseInt(port);
    try {
      InetAddress address = InetAddress.ofLiteral(host);
      boolean four = address.getAddress().length == 4;
      return number <= 0xffff && (four == family.equals("TCP4") || host.indexOf(':') >= 0)
          ? new InetSocketAddress(address, number)
          : null;
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  private static Result block(ByteBuf in) {
    int at = in.readerIndex();
    int command = in.getUnsignedByte(at + 12);
    int family = in.getUnsignedByte(at + 13);
    int rest = in.getUnsignedShort(at + 14);
    if (command != 0x20 && command != 0x21) {
      return new Result.Malformed("a version or command that is not known");
    }
    if (rest > MAX_REST) {
      return new Result.Malformed("more than " + MAX_REST + " octets of facts");
    }
    int addresses = addresses(family);
    if (command == 0x21 && (addresses < 0 || rest < addresses)) {
      return new Result.Malformed("addresses that are not those of TCP");
    }
    int whole = BLOCK_HEAD + rest;
    if (in.readableBytes() < whole) {
      return INCOMPLETE;
    }
    boolean said = command == 0x21 && addresses > 0;
    return new Result.Found(said ? source(in, at + BLOCK_HEAD, family) : null, whole);
  }

  /**
   * Returns how long the addresses of a family are; 0 if there are none, -1 if it is not for us.
   */
  private static int addresses(int family) {
    return switch (family) {
      case 0x00 -> 0;
      case 0x11 -> 12;
      case 0x21 -> 36;
      default -> -1;
    };
  }

  private static InetSocketAddress source(ByteBuf in, int at, int family) {
    byte[] octets = new byte[family == 0x11 ? 4 : 16];
    in.getBytes(at, octets);
    try {
      return new InetSocketAddress(
          InetAddress.getByAddress(octets), in.getUnsignedShort(at + 2 * octets.length));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + octets.length + " octets", e);
    }
  }
}
