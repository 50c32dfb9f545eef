package dev.hawser.proxy.codec;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.proxy.model.HeaderText;
import dev.hawser.proxy.model.HeaderText.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Reads values of headers in Envoy's format: text with {@code %COMMANDS(ARGUMENT):LENGTH%}. */
final class HeaderTextCodec {
  private HeaderTextCodec() {}

  static HeaderText read(String path, String format) throws ResourceRejectedException {
    List<Part> parts = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    int at = 0;
    while (at < format.length()) {
      char c = format.charAt(at);
      if (c != '%') {
        requireVisible(path, c);
        literal.append(c);
        at++;
        continue;
      }
      int end = format.indexOf('%', at + 1);
      if (end < 0) {
        throw Fields.rejected(path, format + " (expected: % after each %, or %% for one)");
      }
      if (end == at + 1) {
        literal.append('%');
      } else {
        flush(literal, parts);
        parts.add(command(path, format.substring(at + 1, end)));
      }
      at = end + 1;
    }
    flush(literal, parts);
    return new HeaderText(parts);
  }

  private static void requireVisible(String path, char c) throws ResourceRejectedException {
    if ((c < ' ' && c != '\t') || c >= 0x7f) {
      throw Fields.rejected(path, "a control character (expected: visible ASCII)");
    }
  }

  private static void flush(StringBuilder literal, List<Part> parts) {
    if (!literal.isEmpty()) {
      parts.add(new Part.Literal(literal.toString()));
      literal.setLength(0);
    }
  }

  private static Part command(String path, String command) throws ResourceRejectedException {
    int open = command.indexOf('(');
    if (open < 0) {
      return new Part.Known(fact(path, command));
    }
    int close = command.lastIndexOf(')');
    if (close < open) {
      throw Fields.rejected(path, "%" + command + "% (expected: ) after ()");
    }
    String argument = command.substring(open + 1, close);
    int length = length(path, command, command.substring(close + 1));
    int mark = argument.indexOf('?');
    String name = (mark < 0 ? argument : argument.substring(0, mark)).toLowerCase(Locale.ROOT);
    String other = mark < 0 ? "" : argument.substring(mark + 1).toLowerCase(Locale.ROOT);
    return switch (command.substring(0, open)) {
      case "REQ" -> new Part.RequestHeader(name(path, command, name), other, length);
      case "RESP" -> new Part.ResponseHeader(name(path, command, name), other, length);
      case "DYNAMIC_METADATA" -> said(path, command, argument);
      default -> throw unknown(path, command);
    };
  }

  private static String name(String path, String command, String name)
      throws ResourceRejectedException {
    if (name.isEmpty()) {
      throw Fields.rejected(path, "%" + command + "% (expected: the name of a header)");
    }
    return name;
  }

  private static Part said(String path, String command, String argument)
      throws ResourceRejectedException {
    String[] keys = argument.split(":", -1);
    if (keys.length < 2) {
      throw Fields.rejected(path, "%" + command + "% (expected: a filter's name and a key)");
    }
    return new Part.Said(keys[0], Arrays.asList(keys).subList(1, keys.length));
  }

  private static int length(String path, String command, String rest)
      throws ResourceRejectedException {
    if (rest.isEmpty()) {
      return Integer.MAX_VALUE;
    }
    try {
      if (rest.charAt(0) == ':') {
        return Integer.parseUnsignedInt(rest.substring(1));
      }
    } catch (NumberFormatException _) {
      // It is refused like everything else that is no length.
    }
    throw Fields.rejected(path, "%" + command + "% (expected: a length after :)");
  }

  private static HeaderText.Fact fact(String path, String command)
      throws ResourceRejectedException {
    for (HeaderText.Fact fact : HeaderText.Fact.values()) {
      if (fact.name().equals(command)) {
        return fact;
      }
    }
    throw unknown(path, command);
  }

  private static ResourceRejectedException unknown(String path, String command) {
    return Fields.rejected(
        path,
        "%"
            + command
            + "% (expected: REQ, RESP, DYNAMIC_METADATA or one of "
            + Arrays.toString(HeaderText.Fact.values())
            + ")");
  }
}
