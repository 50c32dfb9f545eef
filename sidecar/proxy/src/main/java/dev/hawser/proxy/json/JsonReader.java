package dev.hawser.proxy.json;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Reads JSON (RFC 8259) strictly: one value, well-formed UTF-8, no member twice, no lone
 * surrogates, at most {@value #MAX_DEPTH} levels and {@value #MAX_NUMBER} characters to a number.
 * How much text there may be is the caller's to bound.
 */
public final class JsonReader {
  private static final int MAX_DEPTH = 32;
  private static final int MAX_NUMBER = 64;

  private final String text;
  private int at;

  private JsonReader(String text) {
    this.text = text;
  }

  /**
   * Reads one value.
   *
   * @throws JsonException if the bytes are anything else
   */
  public static Json read(byte[] utf8) throws JsonException {
    String text;
    try {
      text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(utf8))
              .toString();
    } catch (CharacterCodingException _) {
      throw new JsonException("not UTF-8", 0);
    }
    JsonReader reader = new JsonReader(text);
    Json value = reader.value(0);
    reader.skipSpace();
    if (reader.at < text.length()) {
      throw reader.unexpected("the end");
    }
    return value;
  }

  /**
   * Reads one object.
   *
   * @throws JsonException if the bytes are anything else
   */
  public static Json.Members readObject(byte[] utf8) throws JsonException {
    if (read(utf8) instanceof Json.Members members) {
      return members;
    }
    throw new JsonException("not an object", 0);
  }

  private Json value(int depth) throws JsonException {
    if (depth > MAX_DEPTH) {
      throw new JsonException("more than " + MAX_DEPTH + " levels", at);
    }
    skipSpace();
    return switch (peek()) {
      case '{' -> members(depth);
      case '[' -> items(depth);
      case '"' -> new Json.Text(string());
      case 't' -> word("true", new Json.Flag(true));
      case 'f' -> word("false", new Json.Flag(false));
      case 'n' -> word("null", new Json.Nothing());
      default -> number();
    };
  }

  private Json members(int depth) throws JsonException {
    at++;
    SequencedMap<String, Json> members = new LinkedHashMap<>();
    skipSpace();
    if (peek() == '}') {
      at++;
      return new Json.Members(members);
    }
    while (true) {
      skipSpace();
      int start = at;
      String name = string();
      skipSpace();
      take(':');
      if (members.put(name, value(depth + 1)) != null) {
        throw new JsonException("member twice: " + name, start);
      }
      skipSpace();
      if (peek() == '}') {
        at++;
        return new Json.Members(members);
      }
      take(',');
    }
  }

  private Json items(int depth) throws JsonException {
    at++;
    List<Json> items = new ArrayList<>();
    skipSpace();
    if (peek() == ']') {
      at++;
      return new Json.Items(items);
    }
    while (true) {
      items.add(value(depth + 1));
      skipSpace();
      if (peek() == ']') {
        at++;
        return new Json.Items(items);
      }
      take(',');
    }
  }

  private String string() throws JsonException {
    take('"');
    StringBuilder out = new StringBuilder();
    while (true) {
      char c = next();
      if (c == '"') {
        break;
      }
      if (c < 0x20) {
        throw new JsonException("control character in a string", at - 1);
      }
      out.append(c == '\\' ? escape() : c);
    }
    for (int i = 0; i < out.length(); i++) {
      char c = out.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < out.length()
          && Character.isLowSurrogate(out.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw new JsonException("half a character in a string", at);
      }
    }
    return out.toString();
  }

  private char escape() throws JsonException {
    char c = next();
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode();
      default -> throw new JsonException("unknown escape", at - 1);
    };
  }

  private char unicode() throws JsonException {
    int code = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(next(), 16);
      if (digit < 0 || text.charAt(at - 1) > 'f') {
        throw new JsonException("not a hexadecimal digit", at - 1);
      }
      code = code << 4 | digit;
    }
    return (char) code;
  }

  private Json number() throws JsonException {
    int start = at;
    if (peek() == '-') {
      at++;
    }
    if (peek() == '0') {
      at++;
    } else {
      digits();
    }
    if (at < text.length() && text.charAt(at) == '.') {
      at++;
      digits();
    }
    if (at < text.length() && (text.charAt(at) | 0x20) == 'e') {
      at++;
      if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
        at++;
      }
      int exponent = at;
      digits();
      // A short text can be a number with a billion digits.
      if (at - exponent > 4) {
        throw new JsonException("exponent out of range", exponent);
      }
    }
    if (at - start > MAX_NUMBER) {
      throw new JsonException("number longer than " + MAX_NUMBER + " characters", start);
    }
    return new Json.Decimal(new BigDecimal(text.substring(start, at)));
  }

  private void digits() throws JsonException {
    int start = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    if (at == start) {
      throw unexpected("a digit");
    }
  }

  private Json word(String word, Json value) throws JsonException {
    if (!text.startsWith(word, at)) {
      throw unexpected(word);
    }
    at += word.length();
    return value;
  }

  private void skipSpace() {
    while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() throws JsonException {
    if (at >= text.length()) {
      throw unexpected("more");
    }
    return text.charAt(at);
  }

  private char next() throws JsonException {
    char c = peek();
    at++;
    return c;
  }

  private void take(char expected) throws JsonException {
    if (next() != expected) {
      at--;
      throw unexpected("'" + expected + "'");
    }
  }

  private JsonException unexpected(String expected) {
    return new JsonException("expected " + expected, at);
  }
}
