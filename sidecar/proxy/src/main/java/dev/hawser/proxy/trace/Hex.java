package dev.hawser.proxy.trace;

/** Identifiers as they are written: lower case, with leading zeros. */
final class Hex {
  private static final byte[] DIGITS = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  private Hex() {}

  /** Writes 16 digits. */
  static void put(byte[] text, int at, long value) {
    for (int i = 0; i < 16; i++) {
      text[at + i] = DIGITS[(int) (value >>> (60 - 4 * i)) & 15];
    }
  }

  /** Whether a part of a text is digits, of any case if that is wanted. */
  static boolean is(CharSequence text, int from, int to, boolean anyCase) {
    if (from >= to || to > text.length()) {
      return false;
    }
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      boolean digit =
          (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (anyCase && c >= 'A' && c <= 'F');
      if (!digit) {
        return false;
      }
    }
    return true;
  }

  /** Reads up to 16 digits. */
  static long read(CharSequence text, int from, int to) {
    long value = 0;
    for (int i = from; i < to; i++) {
      value = value << 4 | Character.digit(text.charAt(i), 16);
    }
    return value;
  }
}
