package dev.hawser.host.dns;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A query as it was received (RFC 1035 section 4), read as far as it takes to answer it; the rest
 * is passed on untouched.
 */
final class DnsQuery {
  static final int HEADER = 12;
  static final int TYPE_A = 1;
  static final int TYPE_AAAA = 28;
  static final int TYPE_SRV = 33;
  static final int TYPE_OPT = 41;
  static final int TYPE_ANY = 255;
  private static final int CLASS_IN = 1;
  private static final int MAX_NAME = 255;
  private static final int MAX_LABEL = 63;

  private final byte[] message;
  private final String name;
  private final int type;
  private final int questionEnd;
  private final boolean edns;

  private DnsQuery(byte[] message, String name, int type, int questionEnd, boolean edns) {
    this.message = message;
    this.name = name;
    this.type = type;
    this.questionEnd = questionEnd;
    this.edns = edns;
  }

  /** What a message turned out to be. */
  sealed interface Parsed {
    /** A query with one question of class IN. */
    record Query(DnsQuery query) implements Parsed {}

    /** To be answered with an error code (RFC 1035 section 4.1.1). */
    record Refuse(int rcode) implements Parsed {}

    /** Not to be answered at all: not a query, or too short to know who asks. */
    record Drop() implements Parsed {}
  }

  static Parsed parse(byte[] message) {
    if (message.length < HEADER || (message[2] & 0x80) != 0) {
      return new Parsed.Drop();
    }
    if ((message[2] & 0x78) != 0) {
      return new Parsed.Refuse(DnsAnswers.NOT_IMPLEMENTED);
    }
    if (u16(message, 4) != 1 || u16(message, 6) != 0) {
      return new Parsed.Refuse(DnsAnswers.FORMAT_ERROR);
    }
    StringBuilder name = new StringBuilder();
    int at = readName(message, name);
    if (at < 0 || at + 4 > message.length) {
      return new Parsed.Refuse(DnsAnswers.FORMAT_ERROR);
    }
    int type = u16(message, at);
    if (u16(message, at + 2) != CLASS_IN) {
      return new Parsed.Refuse(DnsAnswers.REFUSED);
    }
    int end = at + 4;
    boolean edns =
        u16(message, 10) > 0
            && end + 3 <= message.length
            && message[end] == 0
            && u16(message, end + 1) == TYPE_OPT;
    return new Parsed.Query(new DnsQuery(message, name.toString(), type, end, edns));
  }

  /** Returns the whole of it; not to be changed. */
  byte[] message() {
    return message;
  }

  /** Returns the name in lower case, without a dot at the end; empty for the root. */
  String name() {
    return name;
  }

  int type() {
    return type;
  }

  /** Returns the name of the port that a question of RFC 2782 is about; empty for all others. */
  String portName() {
    return asksForPort() ? name.substring(1, name.indexOf('.')) : "";
  }

  /** Returns the name of the host that is meant, without the port and protocol before it. */
  String host() {
    return asksForPort() ? name.substring(name.indexOf('.', name.indexOf("._") + 2) + 1) : name;
  }

  /** Whether it is of the form {@code _http._tcp.orders.shop}. */
  private boolean asksForPort() {
    int protocol = name.indexOf("._");
    return type == TYPE_SRV
        && name.startsWith("_")
        && protocol > 1
        && name.indexOf('.', protocol + 2) > 0;
  }

  /** Returns the host's name as it stands in the message. */
  byte[] hostOctets() {
    return Arrays.copyOfRange(message, hostAt(), questionEnd - 4);
  }

  /** Returns where the host's name begins in the message. */
  int hostAt() {
    return HEADER + name.length() - host().length();
  }

  /** Returns the offset behind the one question. */
  int questionEnd() {
    return questionEnd;
  }

  /** Whether it carries an OPT record right behind the question (RFC 6891). */
  boolean edns() {
    return edns;
  }

  int id() {
    return u16(message, 0);
  }

  /** Returns the message under another id. */
  byte[] withId(int id) {
    byte[] copy = message.clone();
    copy[0] = (byte) (id >>> 8);
    copy[1] = (byte) id;
    return copy;
  }

  /** Whether a message answers this query, asked under an id. */
  boolean isAnsweredBy(byte[] response, int id) {
    return response.length >= questionEnd
        && u16(response, 0) == id
        && (response[2] & 0x80) != 0
        && u16(response, 4) == 1
        && sameQuestion(response);
  }

  private boolean sameQuestion(byte[] response) {
    for (int i = HEADER; i < questionEnd; i++) {
      if (lower(response[i]) != lower(message[i])) {
        return false;
      }
    }
    return true;
  }

  /** Reads the question's name and returns the offset behind it, or -1 if it is malformed. */
  private static int readName(byte[] message, StringBuilder name) {
    int at = HEADER;
    while (at < message.length && at - HEADER < MAX_NAME) {
      int length = message[at++] & 0xFF;
      if (length == 0) {
        return at;
      }
      // A pointer has nothing before it to point to in a first question.
      if (length > MAX_LABEL || at + length > message.length) {
        return -1;
      }
      if (!name.isEmpty()) {
        name.append('.');
      }
      byte[] label = Arrays.copyOfRange(message, at, at + length);
      for (int i = 0; i < length; i++) {
        // A dot or a control character inside a label would read as another name.
        if (label[i] == '.' || label[i] <= ' ') {
          label[i] = '?';
        }
        label[i] = lower(label[i]);
      }
      name.append(new String(label, StandardCharsets.US_ASCII));
      at += length;
    }
    return -1;
  }

  private static byte lower(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b + ('a' - 'A')) : b;
  }

  static int u16(byte[] bytes, int at) {
    return (bytes[at] & 0xFF) << 8 | (bytes[at + 1] & 0xFF);
  }
}
