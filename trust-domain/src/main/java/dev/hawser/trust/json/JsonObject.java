package dev.hawser.trust.json;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * One JSON object, immutable. Its text is canonical: members in the order in which they were put,
 * no white space, the shortest escapes; so equal objects have equal text, and a digest of it means
 * something.
 */
public final class JsonObject {
  private final Map<String, Object> members;

  JsonObject(Map<String, Object> members) {
    this.members = Collections.unmodifiableMap(members);
  }

  /**
   * Reads an object.
   *
   * @param text the whole text
   * @param maxLength characters that are accepted
   * @throws JsonException if the text is longer, or is not one strict JSON object
   */
  public static JsonObject parse(String text, int maxLength) {
    if (text.length() > maxLength) {
      throw new JsonException(
          "JSON: " + text.length() + " characters (expected: at most " + maxLength + ")");
    }
    return new JsonParser(text).document();
  }

  /** Returns the keys, in order. */
  public Set<String> keys() {
    return members.keySet();
  }

  /** Whether the key is there. */
  public boolean has(String key) {
    return members.containsKey(key);
  }

  /**
   * Refuses keys that nobody would read.
   *
   * @throws JsonException if the object has another key than these
   */
  public void allowOnly(Set<String> known) {
    for (String key : members.keySet()) {
      if (!known.contains(key)) {
        throw new JsonException("JSON: unknown key '" + key.replaceAll("[^ -~]", "?") + "'");
      }
    }
  }

  /**
   * Returns the member, a string.
   *
   * @throws JsonException if it is not there or not a string
   */
  public String text(String key) {
    return get(key, String.class, "a string");
  }

  /** Returns the string, or the other one if the key is not there. */
  public String text(String key, String otherwise) {
    return has(key) ? text(key) : otherwise;
  }

  /**
   * Returns the member, a whole number.
   *
   * @throws JsonException if it is not there or not a whole number
   */
  public long number(String key) {
    return get(key, Long.class, "a whole number");
  }

  /**
   * Returns the member, an object.
   *
   * @throws JsonException if it is not there or not an object
   */
  public JsonObject object(String key) {
    return get(key, JsonObject.class, "an object");
  }

  /**
   * Returns the member, an array of strings.
   *
   * @throws JsonException if it is not there or not an array of strings
   */
  public List<String> texts(String key) {
    return items(key, String.class, "an array of strings");
  }

  /**
   * Returns the member, an array of objects.
   *
   * @throws JsonException if it is not there or not an array of objects
   */
  public List<JsonObject> objects(String key) {
    return items(key, JsonObject.class, "an array of objects");
  }

  /** Returns the canonical text. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    write(this, text);
    return text.toString();
  }

  /** Begins an empty object. */
  public static Builder builder() {
    return new Builder();
  }

  private <T> T get(String key, Class<T> type, String expected) {
    Object value = members.get(key);
    if (!type.isInstance(value)) {
      throw new JsonException(
          "JSON: '" + key + "' " + (value == null ? "is missing" : "is not " + expected));
    }
    return type.cast(value);
  }

  private <T> List<T> items(String key, Class<T> type, String expected) {
    List<T> items = new ArrayList<>();
    for (Object item : get(key, List.class, expected)) {
      if (!type.isInstance(item)) {
        throw new JsonException("JSON: '" + key + "' is not " + expected);
      }
      items.add(type.cast(item));
    }
    return List.copyOf(items);
  }

  private static void write(Object value, StringBuilder out) {
    switch (value) {
      case JsonObject object ->
          join(
              out,
              '{',
              '}',
              object.members.entrySet(),
              member -> {
                quote(member.getKey(), out);
                out.append(':');
                return member.getValue();
              });
      case List<?> items -> join(out, '[', ']', items, item -> item);
      case String text -> quote(text, out);
      default -> out.append(value);
    }
  }

  private static <T> void join(
      StringBuilder out, char open, char close, Iterable<T> items, Function<T, Object> value) {
    out.append(open);
    boolean first = true;
    for (T item : items) {
      if (!first) {
        out.append(',');
      }
      first = false;
      write(value.apply(item), out);
    }
    out.append(close);
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  /** Collects members in order; for one thread. */
  public static final class Builder {
    private final Map<String, Object> members = new LinkedHashMap<>();

    private Builder() {}

    /** Puts a string. */
    public Builder put(String key, String value) {
      members.put(key, value);
      return this;
    }

    /** Puts a whole number. */
    public Builder put(String key, long value) {
      members.put(key, value);
      return this;
    }

    /** Puts an object. */
    public Builder put(String key, JsonObject value) {
      members.put(key, value);
      return this;
    }

    /** Puts an array of strings. */
    public Builder putTexts(String key, List<String> values) {
      members.put(key, List.copyOf(values));
      return this;
    }

    /** Puts an array of objects. */
    public Builder putObjects(String key, List<JsonObject> values) {
      members.put(key, List.copyOf(values));
      return this;
    }

    /** Returns the object. */
    public JsonObject build() {
      return new JsonObject(new LinkedHashMap<>(members));
    }
  }
}
