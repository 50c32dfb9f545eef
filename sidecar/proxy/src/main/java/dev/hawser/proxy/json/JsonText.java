package dev.hawser.proxy.json;

import java.util.Map;

/** Writes JSON without a space too many. */
public final class JsonText {
  private JsonText() {}

  /** Returns the text of a value. */
  public static String of(Json value) {
    StringBuilder out = new StringBuilder();
    append(out, value);
    return out.toString();
  }

  private static void append(StringBuilder out, Json value) {
    switch (value) {
      case Json.Text(String text) -> quote(out, text);
      case Json.Decimal number -> out.append(number.value());
      case Json.Flag(boolean flag) -> out.append(flag);
      case Json.Nothing _ -> out.append("null");
      case Json.Items items -> {
        char before = '[';
        for (Json item : items.all()) {
          out.append(before);
          append(out, item);
          before = ',';
        }
        out.append(before == '[' ? "[]" : "]");
      }
      case Json.Members members -> {
        char before = '{';
        for (Map.Entry<String, Json> member : members.byName().entrySet()) {
          out.append(before);
          quote(out, member.getKey());
          out.append(':');
          append(out, member.getValue());
          before = ',';
        }
        out.append(before == '{' ? "{}" : "}");
      }
    }
  }

  private static void quote(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20) {
        out.append("\\u00").append(Character.forDigit(c >> 4, 16));
        out.append(Character.forDigit(c & 15, 16));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
