package dev.hawser.proxy.observe;

import dev.hawser.proxy.model.LogPart;
import dev.hawser.proxy.model.LogRule.Format;
import dev.hawser.proxy.model.LogRule.Node;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes lines in one format, in plain ASCII: nothing that a caller sends can end a line, begin
 * another or move a terminal's cursor. Used by one thread.
 */
final class LogFormat {
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  /** Longer values are cut: a path may be as long as a head. */
  private static final int MAX_VALUE = 8192;

  private static final DateTimeFormatter USUAL_TIME = time("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'");

  private final Format format;
  private final Map<LogPart.StartTime, DateTimeFormatter> times = new HashMap<>();

  private LogFormat(Format format) {
    this.format = format;
  }

  static LogFormat of(Format format) {
    LogFormat made = new LogFormat(format);
    switch (format) {
      case Format.Text(List<LogPart> parts, boolean _) -> made.prepare(parts);
      case Format.Json(Node.Members root, boolean _) -> made.prepare(root);
    }
    return made;
  }

  private void prepare(Node node) {
    switch (node) {
      case Node.Members(Map<String, Node> byName) -> byName.values().forEach(this::prepare);
      case Node.Items(List<Node> all) -> all.forEach(this::prepare);
      case Node.Leaf(List<LogPart> parts) -> prepare(parts);
      case Node.Fixed _ -> {}
    }
  }

  private void prepare(List<LogPart> parts) {
    for (LogPart part : parts) {
      if (part instanceof LogPart.StartTime time) {
        times.put(time, time.pattern().isEmpty() ? USUAL_TIME : time(time.pattern()));
      }
    }
  }

  private static DateTimeFormatter time(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
  }

  void append(StringBuilder out, LogEntry entry) {
    switch (format) {
      case Format.Text(List<LogPart> parts, boolean omitEmpty) -> {
        for (LogPart part : parts) {
          if (part instanceof LogPart.Literal(String text)) {
            literal(out, text);
          } else {
            String value = value(part, entry);
            escape(out, value == null ? (omitEmpty ? "" : "-") : value, false);
          }
        }
      }
      case Format.Json(Node.Members root, boolean omitEmpty) -> {
        members(out, root, entry, omitEmpty);
        out.append('\n');
      }
    }
  }

  /** What configuration says stands, its ends of lines included, but it is ASCII too. */
  private static void literal(StringBuilder out, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n' || c == '\t' || (c >= ' ' && c <= '~')) {
        out.append(c);
      } else {
        code(out, c);
      }
    }
  }

  private void members(StringBuilder out, Node.Members node, LogEntry entry, boolean omitEmpty) {
    char before = '{';
    for (Map.Entry<String, Node> member : node.byName().entrySet()) {
      int start = out.length();
      out.append(before).append('"');
      escape(out, member.getKey(), true);
      out.append("\":");
      if (json(out, member.getValue(), entry, omitEmpty)) {
        before = ',';
      } else {
        out.setLength(start);
      }
    }
    out.append(before == '{' ? "{}" : "}");
  }

  /** Returns whether there is a value; else what was written must be taken back. */
  private boolean json(StringBuilder out, Node node, LogEntry entry, boolean omitEmpty) {
    switch (node) {
      case Node.Members members -> members(out, members, entry, omitEmpty);
      case Node.Items(List<Node> all) -> {
        out.append('[');
        String before = "";
        for (Node item : all) {
          out.append(before);
          json(out, item, entry, false);
          before = ",";
        }
        out.append(']');
      }
      case Node.Fixed(String text) -> out.append(text);
      case Node.Leaf(List<LogPart> parts) -> {
        return leaf(out, parts, entry, omitEmpty);
      }
    }
    return true;
  }

  private boolean leaf(StringBuilder out, List<LogPart> parts, LogEntry entry, boolean omitEmpty) {
    if (parts.size() == 1 && !(parts.getFirst() instanceof LogPart.Literal)) {
      String value = value(parts.getFirst(), entry);
      if (value == null) {
        out.append("null");
        return !omitEmpty;
      }
      if (LogValues.isNumber(parts.getFirst())) {
        out.append(value);
        return true;
      }
      out.append('"');
      escape(out, value, true);
      out.append('"');
      return true;
    }
    out.append('"');
    for (LogPart part : parts) {
      if (part instanceof LogPart.Literal(String text)) {
        escape(out, text, true);
      } else {
        String value = value(part, entry);
        escape(out, value == null ? (omitEmpty ? "" : "-") : value, true);
      }
    }
    out.append('"');
    return true;
  }

  private @Nullable String value(LogPart part, LogEntry entry) {
    if (part instanceof LogPart.StartTime time) {
      DateTimeFormatter pattern = times.getOrDefault(time, USUAL_TIME);
      return pattern.format(Instant.ofEpochMilli(entry.ended().startMillis()));
    }
    return LogValues.of(part, entry);
  }

  private static void escape(StringBuilder out, String value, boolean json) {
    int length = Math.min(value.length(), MAX_VALUE);
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if (c < ' ' || c > '~') {
        code(out, c);
      } else {
        if (json && (c == '"' || c == '\\')) {
          out.append('\\');
        }
        out.append(c);
      }
    }
  }

  private static void code(StringBuilder out, char c) {
    out.append("\\u")
        .append(HEX[c >> 12])
        .append(HEX[(c >> 8) & 15])
        .append(HEX[(c >> 4) & 15])
        .append(HEX[c & 15]);
  }
}
