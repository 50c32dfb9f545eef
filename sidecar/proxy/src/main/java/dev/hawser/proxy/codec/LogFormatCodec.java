package dev.hawser.proxy.codec;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.proxy.model.LogPart;
import dev.hawser.proxy.model.LogRule.Format;
import dev.hawser.proxy.model.LogRule.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads formats of access logs: text with {@code %COMMANDS(ARGUMENT):LENGTH%}, or JSON of it. */
final class LogFormatCodec {
  /** Envoy's own. */
  private static final String USUAL =
      "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\""
          + " %RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION%"
          + " %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\""
          + " \"%REQ(USER-AGENT)%\" \"%REQ(X-REQUEST-ID)%\" \"%REQ(:AUTHORITY)%\""
          + " \"%UPSTREAM_HOST%\"\n";

  /** Characters of a format, and members of a line of JSON. */
  private static final int MAX_SIZE = 16_384;

  private static final int MAX_DEPTH = 16;

  /** The argument may hold {@code %}, as formats of times do. */
  private static final Pattern COMMAND =
      Pattern.compile("%([A-Z0-9_]+)(?:\\(([^)]*)\\))?(?::([0-9]{1,9}))?%");

  private LogFormatCodec() {}

  static Format usual() throws ResourceRejectedException {
    return text("", USUAL, false);
  }

  static Format text(String path, String format, boolean omitEmpty)
      throws ResourceRejectedException {
    return new Format.Text(parts(path, format), omitEmpty);
  }

  static Format json(String path, Struct struct, boolean omitEmpty)
      throws ResourceRejectedException {
    return new Format.Json(members(path, struct, 0), omitEmpty);
  }

  private static Node.Members members(String path, Struct struct, int depth)
      throws ResourceRejectedException {
    if (depth > MAX_DEPTH) {
      throw Fields.rejected(path, "too deep (expected: at most " + MAX_DEPTH + " in each other)");
    }
    Map<String, Node> members = new HashMap<>();
    for (Map.Entry<String, Value> entry : struct.getFieldsMap().entrySet()) {
      members.put(entry.getKey(), node(path + "." + entry.getKey(), entry.getValue(), depth + 1));
    }
    return new Node.Members(members);
  }

  private static Node node(String path, Value value, int depth) throws ResourceRejectedException {
    return switch (value.getKindCase()) {
      case STRING_VALUE -> new Node.Leaf(parts(path, value.getStringValue()));
      case STRUCT_VALUE -> members(path, value.getStructValue(), depth);
      case LIST_VALUE -> {
        if (depth > MAX_DEPTH) {
          throw Fields.rejected(path, "too deep (expected: at most " + MAX_DEPTH + ")");
        }
        List<Node> items = new ArrayList<>();
        for (Value item : value.getListValue().getValuesList()) {
          items.add(node(path + "[" + items.size() + "]", item, depth + 1));
        }
        yield new Node.Items(items);
      }
      case NUMBER_VALUE -> {
        double number = value.getNumberValue();
        yield new Node.Fixed(
            number == Math.rint(number) && Math.abs(number) < 1e15
                ? Long.toString((long) number)
                : Double.toString(number));
      }
      case BOOL_VALUE -> new Node.Fixed(Boolean.toString(value.getBoolValue()));
      case NULL_VALUE, KIND_NOT_SET -> new Node.Fixed("null");
    };
  }

  private static List<LogPart> parts(String path, String format) throws ResourceRejectedException {
    if (format.length() > MAX_SIZE) {
      throw Fields.rejected(
          path, format.length() + " characters (expected: at most " + MAX_SIZE + ")");
    }
    List<LogPart> parts = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    Matcher command = COMMAND.matcher(format);
    int at = 0;
    while (at < format.length()) {
      char c = format.charAt(at);
      if (c != '%') {
        literal.append(c);
        at++;
      } else if (format.startsWith("%%", at)) {
        literal.append('%');
        at += 2;
      } else if (command.region(at, format.length()).lookingAt()) {
        flush(literal, parts);
        parts.add(part(path, command));
        at = command.end();
      } else {
        throw Fields.rejected(
            path, format.substring(at) + " (expected: %COMMAND(ARGUMENT):LENGTH%, or %% for one)");
      }
    }
    flush(literal, parts);
    return parts;
  }

  private static void flush(StringBuilder literal, List<LogPart> parts) {
    if (!literal.isEmpty()) {
      parts.add(new LogPart.Literal(literal.toString()));
      literal.setLength(0);
    }
  }

  private static LogPart part(String path, Matcher command) throws ResourceRejectedException {
    String name = command.group(1);
    String argument = command.group(2);
    int length = command.group(3) == null ? Integer.MAX_VALUE : Integer.parseInt(command.group(3));
    if (argument == null) {
      return name.equals("START_TIME")
          ? new LogPart.StartTime("")
          : new LogPart.Known(fact(path, command), length);
    }
    return switch (name) {
      case "REQ" ->
          new LogPart.RequestHeader(first(path, command, argument), second(argument), length);
      case "RESP" ->
          new LogPart.ResponseHeader(first(path, command, argument), second(argument), length);
      case "START_TIME" -> new LogPart.StartTime(TimePattern.of(path, argument));
      case "DYNAMIC_METADATA" -> {
        String[] keys = argument.split(":", -1);
        if (keys.length < 2) {
          throw Fields.rejected(path, command.group() + " (expected: a filter's name and a key)");
        }
        yield new LogPart.Said(keys[0], Arrays.asList(keys).subList(1, keys.length), length);
      }
      default -> throw unknown(path, command);
    };
  }

  private static String first(String path, Matcher command, String argument)
      throws ResourceRejectedException {
    int mark = argument.indexOf('?');
    String name = (mark < 0 ? argument : argument.substring(0, mark)).toLowerCase(Locale.ROOT);
    if (name.isEmpty()) {
      throw Fields.rejected(path, command.group() + " (expected: the name of a header)");
    }
    return name;
  }

  private static String second(String argument) {
    int mark = argument.indexOf('?');
    return mark < 0 ? "" : argument.substring(mark + 1).toLowerCase(Locale.ROOT);
  }

  private static LogPart.Fact fact(String path, Matcher command) throws ResourceRejectedException {
    for (LogPart.Fact fact : LogPart.Fact.values()) {
      if (fact.name().equals(command.group(1))) {
        return fact;
      }
    }
    throw unknown(path, command);
  }

  private static ResourceRejectedException unknown(String path, Matcher command) {
    return Fields.rejected(
        path,
        command.group()
            + " (expected: REQ(), RESP(), DYNAMIC_METADATA(), START_TIME or one of "
            + Arrays.toString(LogPart.Fact.values())
            + ")");
  }
}
