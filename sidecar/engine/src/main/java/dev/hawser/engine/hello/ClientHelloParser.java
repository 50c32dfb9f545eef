package dev.hawser.engine.hello;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Finds the ClientHello in the first records of one connection.
 *
 * <p>The handshake message may be cut over records at any byte, its own four-byte header included
 * (CVE-2026-75595 in Netty's own parser), and records may arrive cut at any byte. Each byte of the
 * record layer is looked at once, however small the pieces are, so that a trickle of single bytes
 * costs no more than one read. An answer never changes when more bytes come.
 *
 * <p>One per connection; not safe for use by several threads at once.
 */
public final class ClientHelloParser {
  /** Octets of the longest ClientHello that is read; post-quantum ones have about 1,800. */
  public static final int MAX_HELLO = 16 * 1024;

  /** Octets of records that may carry it: room for one cut into very small records. */
  public static final int MAX_INPUT = 2 * MAX_HELLO;

  private static final int RECORD_HEADER = 5;
  private static final int MAX_RECORD = 1 << 14;
  private static final int CONTENT_HANDSHAKE = 22;
  private static final int MAJOR_VERSION = 3;
  private static final int HANDSHAKE_HEADER = 4;
  private static final int CLIENT_HELLO = 1;

  /** Octets of input already looked at. */
  private int at;

  /** Octets of the present record that are still to come. */
  private int left;

  /** Octets of the handshake message seen, its header included. */
  private int have;

  private int length;
  private int records;
  private @Nullable Detection answer;

  /** Makes a parser for one connection. */
  public ClientHelloParser() {}

  /**
   * Looks at the input so far.
   *
   * @param input everything received since the connection began, from its reader index; neither
   *     index moves
   */
  public Detection detect(ByteBuf input) {
    if (answer == null) {
      Detection found = walk(input);
      if (!(found instanceof Detection.Incomplete)) {
        answer = found;
      }
      return found;
    }
    return answer;
  }

  private Detection walk(ByteBuf input) {
    int start = input.readerIndex();
    int readable = input.readableBytes();
    while (at < readable) {
      if (left == 0) {
        Detection problem = recordHeader(input, start + at, readable - at);
        if (problem != null) {
          return problem;
        }
        continue;
      }
      Detection problem = have < HANDSHAKE_HEADER ? messageHeader(input, start) : skip(readable);
      if (problem != null) {
        return problem;
      }
      if (have >= HANDSHAKE_HEADER && have == HANDSHAKE_HEADER + length) {
        return ClientHello.read(message(input));
      }
    }
    return Detection.INCOMPLETE;
  }

  /** Returns an answer, or null when the whole header was good and has been passed. */
  private @Nullable Detection recordHeader(ByteBuf input, int index, int available) {
    if (input.getUnsignedByte(index) != CONTENT_HANDSHAKE) {
      return records == 0 ? Detection.NOT_TLS : malformed("a record that is not a handshake");
    }
    if (available > 1 && input.getUnsignedByte(index + 1) != MAJOR_VERSION) {
      return records == 0 ? Detection.NOT_TLS : malformed("a record of another version");
    }
    if (available < RECORD_HEADER) {
      return Detection.INCOMPLETE;
    }
    int size = input.getUnsignedShort(index + 3);
    if (size == 0) {
      return malformed("an empty record");
    }
    if (size > MAX_RECORD) {
      return malformed("a record longer than 16384 octets");
    }
    at += RECORD_HEADER;
    if (at + size > MAX_INPUT) {
      return tooLong();
    }
    left = size;
    records++;
    return have >= HANDSHAKE_HEADER && have + left > HANDSHAKE_HEADER + length ? trailing() : null;
  }

  private @Nullable Detection messageHeader(ByteBuf input, int start) {
    int octet = input.getUnsignedByte(start + at);
    if (have == 0 && octet != CLIENT_HELLO) {
      return malformed("a handshake message that is not a ClientHello");
    }
    if (have > 0) {
      length = (length << 8) | octet;
    }
    at++;
    left--;
    have++;
    if (have < HANDSHAKE_HEADER) {
      return null;
    }
    if (length > MAX_HELLO) {
      return malformed("a ClientHello longer than " + MAX_HELLO + " octets");
    }
    return left > length ? trailing() : null;
  }

  private @Nullable Detection skip(int readable) {
    int step = Math.min(left, readable - at);
    at += step;
    left -= step;
    have += step;
    return null;
  }

  /** Returns the handshake message's body, without copying where it lies in one record. */
  private ByteBuf message(ByteBuf input) {
    int start = input.readerIndex();
    int first = input.getUnsignedShort(start + 3);
    if (first == HANDSHAKE_HEADER + length) {
      return input.slice(start + RECORD_HEADER + HANDSHAKE_HEADER, length);
    }
    ByteBuf whole = Unpooled.buffer(HANDSHAKE_HEADER + length);
    int index = start;
    while (whole.readableBytes() < HANDSHAKE_HEADER + length) {
      int size = input.getUnsignedShort(index + 3);
      whole.writeBytes(input, index + RECORD_HEADER, size);
      index += RECORD_HEADER + size;
    }
    return whole.skipBytes(HANDSHAKE_HEADER);
  }

  private static Detection trailing() {
    return malformed("handshake octets after the ClientHello");
  }

  private static Detection tooLong() {
    return malformed("more than " + MAX_INPUT + " octets of records");
  }

  private static Detection malformed(String reason) {
    return new Detection.Malformed(reason);
  }
}
