package dev.hawser.trust.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the part of RFC 8259 that {@link JsonObject} holds: objects, arrays, strings, whole numbers
 * and booleans. Stricter than the RFC: no duplicate keys, no fractions, no null, bounded depth, and
 * nothing after the value.
 */
final class JsonParser {
  private static final int MAX_DEPTH = 16;

  private final String text;
  private int at;

  JsonParser(String text) {
    this.text = text;
  }

  JsonObject document() {
    skipSpace();
    if (at >= text.length() || text.charAt(at) != '{') {
      throw error("expected '{'");
    }
    JsonObject object = object(1);
    skipSpace();
    if (at != text.length()) {
      throw error("expected the end of the text");
    }
    return object;
  }

  private Object value(int depth) {
    if (depth > MAX_DEPTH) {
      throw error("nested deeper than " + MAX_DEPTH);
    }
    skipSpace();
    char c = peek();
    return switch (c) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      default -> number();
    };
  }

  private JsonObject object(int depth) {
    Map<String, Object> members = new LinkedHashMap<>();
    take('{');
    skipSpace();
    if (peek() == '}') {
      at++;
      return new JsonObject(members);
    }
    while (true) {
      skipSpace();
      int keyAt = at;
      String key = string();
      skipSpace();
      take(':');
      if (members.put(key, value(depth + 1)) != null) {
        at = keyAt;
        throw error("the key '" + printable(key) + "' is there twice");
      }
      if (!another('}')) {
        return new JsonObject(members);
      }
    }
  }

  private List<Object> array(int depth) {
    List<Object> items = new ArrayList<>();
    take('[');
    skipSpace();
    if (peek() == ']') {
      at++;
      return items;
    }
    do {
      items.add(value(depth + 1));
    } while (another(']'));
    return items;
  }

  /** Consumes a comma, or the closing bracket, and says which it was. */
  private boolean another(char close) {
    skipSpace();
    char c = peek();
    if (c != ',' && c != close) {
      throw error("expected ',' or '" + close + "'");
    }
    at++;
    return c == ',';
  }

  private String string() {
    take('"');
    StringBuilder value = new StringBuilder();
    while (true) {
      char c = peek();
      at++;
      if (c == '"') {
        return value.toString();
      }
      if (c < ' ') {
        at--;
        throw error("a control character in a string");
      }
      value.append(c == '\\' ? escape() : c);
    }
  }

  private char escape() {
    char c = peek();
    at++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode();
      default -> {
        at--;
        throw error("an unknown escape in a string");
      }
    };
  }

  private char unicode() {
    int code = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(peek(), 16);
      if (digit < 0) {
        throw error("expected four hexadecimal digits");
      }
      code = code << 4 | digit;
      at++;
    }
    return (char) code;
  }

  private Long number() {
    int start = at;
    if (at < text.length() && text.charAt(at) == '-') {
      at++;
    }
    int digits = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    boolean leadingZero = at - digits > 1 && text.charAt(digits) == '0';
    boolean fraction = at < text.length() && ".eE".indexOf(text.charAt(at)) >= 0;
    if (at == digits || leadingZero || fraction) {
      at = start;
      throw error("expected an object, array, string, whole number, true or false");
    }
    try {
      return Long.valueOf(text.substring(start, at));
    } catch (NumberFormatException _) {
      at = start;
      throw error("a number of more than 64 bits");
    }
  }

  private Boolean word(String word, boolean value) {
    if (!text.startsWith(word, at)) {
      throw error("expected '" + word + "'");
    }
    at += word.length();
    return value;
  }

  private void take(char expected) {
    if (peek() != expected) {
      throw error("expected '" + expected + "'");
    }
    at++;
  }

  private char peek() {
    if (at >= text.length()) {
      throw error("the text ends too early");
    }
    return text.charAt(at);
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private JsonException error(String problem) {
    return new JsonException("JSON, index " + at + ": " + problem);
  }

  private static String printable(String key) {
    String shown = key.length() > 40 ? key.substring(0, 40) + "..." : key;
    return shown.replaceAll("[^ -~]", "?");
  }
}
