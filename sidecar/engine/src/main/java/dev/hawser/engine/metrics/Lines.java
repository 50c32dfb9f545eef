package dev.hawser.engine.metrics;

/** Pieces of Prometheus' text format. */
final class Lines {
  private Lines() {}

  /** Appends the name, its labels and the space before the value. */
  static StringBuilder append(StringBuilder out, String name, String labels) {
    out.append(name);
    if (!labels.isEmpty()) {
      out.append('{').append(labels).append('}');
    }
    return out.append(' ');
  }

  /** Appends a number, without a fraction where it has none. */
  static StringBuilder number(StringBuilder out, double value) {
    long whole = (long) value;
    return whole == value ? out.append(whole) : out.append(value);
  }

  /** Returns {@code a="b",c="d"}. */
  static String labels(String[] names, String[] values) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < names.length; i++) {
      if (i > 0) {
        out.append(',');
      }
      out.append(names[i]).append("=\"");
      escape(out, values[i]);
      out.append('"');
    }
    return out.toString();
  }

  private static void escape(StringBuilder out, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> out.append("\\\\");
        case '"' -> out.append("\\\"");
        case '\n' -> out.append("\\n");
        default -> out.append(c);
      }
    }
  }
}
