package dev.hawser.trust.spiffe;

/** Values of strangers as they appear in error messages: short, and without control characters. */
final class Quoted {
  private static final int SHOWN = 80;

  private Quoted() {}

  static String of(String value) {
    StringBuilder text = new StringBuilder(Math.min(value.length(), SHOWN) + 8).append('\'');
    for (int i = 0; i < Math.min(value.length(), SHOWN); i++) {
      append(text, value.charAt(i));
    }
    if (value.length() > SHOWN) {
      text.append("...");
    }
    return text.append('\'').toString();
  }

  static String character(char c) {
    StringBuilder text = new StringBuilder("'");
    append(text, c);
    return text.append('\'').toString();
  }

  private static void append(StringBuilder text, char c) {
    if (c >= ' ' && c < 0x7f) {
      text.append(c);
    } else {
      text.append("\\u").append(String.format("%04x", (int) c));
    }
  }
}
