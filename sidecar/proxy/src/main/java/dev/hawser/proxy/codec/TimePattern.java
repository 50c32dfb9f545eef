package dev.hawser.proxy.codec;

import dev.hawser.engine.xds.ResourceRejectedException;

/** Turns a format of {@code strftime}, with Envoy's fractions of a second, into one of Java. */
final class TimePattern {
  private final StringBuilder out = new StringBuilder();
  private final StringBuilder literal = new StringBuilder();

  private TimePattern() {}

  static String of(String path, String format) throws ResourceRejectedException {
    TimePattern pattern = new TimePattern();
    int at = 0;
    while (at < format.length()) {
      if (format.charAt(at) != '%') {
        pattern.literal.append(format.charAt(at));
        at++;
        continue;
      }
      char word = at + 1 < format.length() ? format.charAt(at + 1) : ' ';
      at += 2;
      if (Character.isDigit(word) && format.startsWith("f", at)) {
        at++;
        pattern.add("S".repeat(word - '0'));
      } else if (word == 'Z') {
        pattern.literal.append("UTC");
      } else if (word == '%') {
        pattern.literal.append('%');
      } else {
        pattern.add(word(path, format, word));
      }
    }
    pattern.flush();
    return pattern.out.toString();
  }

  private void add(String letters) {
    flush();
    out.append(letters);
  }

  private void flush() {
    if (!literal.isEmpty()) {
      out.append('\'').append(literal.toString().replace("'", "''")).append('\'');
      literal.setLength(0);
    }
  }

  private static String word(String path, String format, char word)
      throws ResourceRejectedException {
    return switch (word) {
      case 'Y' -> "uuuu";
      case 'y' -> "uu";
      case 'm' -> "MM";
      case 'd' -> "dd";
      case 'b' -> "MMM";
      case 'a' -> "EEE";
      case 'H' -> "HH";
      case 'M' -> "mm";
      case 'S' -> "ss";
      case 'F' -> "uuuu-MM-dd";
      case 'T' -> "HH:mm:ss";
      case 'D' -> "MM/dd/uu";
      case 'z' -> "xx";
      case 'f' -> "SSSSSSSSS";
      default ->
          throw Fields.rejected(
              path,
              "%"
                  + word
                  + " in "
                  + format
                  + " (expected: %Y %y %m %d %b %a %H %M %S %F %T %D %z %Z %f, %3f and the like)");
    };
  }
}
