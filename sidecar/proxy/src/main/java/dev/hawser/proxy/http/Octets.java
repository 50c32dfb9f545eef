package dev.hawser.proxy.http;

import io.netty.util.AsciiString;

/** The alphabets of HTTP (RFC 9110 section 5, RFC 3986), byte by byte. */
final class Octets {
  private static final boolean[] TOKEN = new boolean[256];
  private static final boolean[] FIELD = new boolean[256];
  private static final boolean[] TARGET = new boolean[256];
  private static final boolean[] AUTHORITY = new boolean[256];

  static {
    for (char c = 'a'; c <= 'z'; c++) {
      letter(c);
      letter((char) (c - 32));
    }
    for (char c = '0'; c <= '9'; c++) {
      letter(c);
    }
    for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
      TOKEN[c] = true;
    }
    for (char c : "-._~:[]".toCharArray()) {
      AUTHORITY[c] = true;
    }
    for (int c = 0x20; c < 256; c++) {
      FIELD[c] = c != 0x7f;
    }
    FIELD['\t'] = true;
    // A fragment never travels, and what is not visible ASCII must be percent-encoded. A backslash
    // passes: the rules for paths say what it means.
    for (int c = 0x21; c < 0x7f; c++) {
      TARGET[c] = c != '#' && c != '"' && c != '<' && c != '>' && c != '^';
    }
    TARGET['`'] = false;
  }

  private Octets() {}

  private static void letter(char c) {
    TOKEN[c] = true;
    AUTHORITY[c] = true;
  }

  static boolean isToken(byte octet) {
    return TOKEN[octet & 0xff];
  }

  /** Whether it may stand in a field's value: no controls but the tab. */
  static boolean isField(byte octet) {
    return FIELD[octet & 0xff];
  }

  static boolean isTarget(byte octet) {
    return TARGET[octet & 0xff];
  }

  /** Whether it may stand in host and port; no user name, no percent-encoding. */
  static boolean isAuthority(byte octet) {
    return AUTHORITY[octet & 0xff];
  }

  static boolean isSpace(byte octet) {
    return octet == ' ' || octet == '\t';
  }

  static byte lower(byte octet) {
    return octet >= 'A' && octet <= 'Z' ? (byte) (octet + 32) : octet;
  }

  /** Returns the value of a hexadecimal digit, or -1. */
  static int hex(byte octet) {
    if (octet >= '0' && octet <= '9') {
      return octet - '0';
    }
    byte lower = lower(octet);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }

  static AsciiString ascii(CharSequence text) {
    return text instanceof AsciiString ascii ? ascii : new AsciiString(text);
  }
}
