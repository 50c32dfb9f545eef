package dev.hawser.proxy.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One mapping of the file, which knows its place in it and which of its keys have been read: what
 * is left over at the end is a slip.
 */
final class Section {
  private final String path;
  private final Map<String, Object> fields;
  private final Set<String> read = new HashSet<>();

  private Section(String path, Map<String, Object> fields) {
    this.path = path;
    this.fields = fields;
  }

  static Section of(String path, @Nullable Object value) throws ConfigException {
    if (!(value instanceof Map<?, ?> map)) {
      throw new ConfigException(
          path.isEmpty() ? "start file" : path, shown(value), "a mapping of names to values");
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (entry.getValue() != null) {
        fields.put(String.valueOf(entry.getKey()), entry.getValue());
      }
    }
    return new Section(path, fields);
  }

  String at(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private @Nullable Object take(String key) {
    read.add(key);
    return fields.get(key);
  }

  String required(String key, String expected) throws ConfigException {
    Optional<String> value = text(key);
    if (value.isEmpty()) {
      throw new ConfigException(at(key), "absent", expected);
    }
    return value.get();
  }

  Optional<String> text(String key) throws ConfigException {
    Object value = take(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof String || value instanceof Number) {
      return Optional.of(String.valueOf(value));
    }
    // YAML reads a bare "off" as a truth value.
    if (value instanceof Boolean flag) {
      return Optional.of(flag ? "on" : "off");
    }
    throw new ConfigException(at(key), shown(value), "a text");
  }

  Optional<Integer> port(String key) throws ConfigException {
    Object value = take(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof Integer number && number >= 1 && number <= 65_535) {
      return Optional.of(number);
    }
    throw new ConfigException(at(key), shown(value), "1-65535");
  }

  List<String> texts(String key) throws ConfigException {
    List<String> texts = new ArrayList<>();
    for (Object item : items(key)) {
      if (!(item instanceof String text)) {
        throw new ConfigException(at(key), shown(item), "texts");
      }
      texts.add(text);
    }
    return texts;
  }

  List<Section> sections(String key) throws ConfigException {
    List<Section> sections = new ArrayList<>();
    for (Object item : items(key)) {
      sections.add(of(at(key) + "[" + sections.size() + "]", item));
    }
    return sections;
  }

  private List<?> items(String key) throws ConfigException {
    Object value = take(key);
    if (value == null) {
      return List.of();
    }
    if (value instanceof List<?> list) {
      return list;
    }
    throw new ConfigException(at(key), shown(value), "a list");
  }

  Optional<Section> section(String key) throws ConfigException {
    Object value = take(key);
    return value == null ? Optional.empty() : Optional.of(of(at(key), value));
  }

  /** Refuses keys that nothing has read. */
  void end() throws ConfigException {
    for (String key : fields.keySet()) {
      if (!read.contains(key)) {
        throw new ConfigException(at(key), "unknown", "one of " + read.stream().sorted().toList());
      }
    }
  }

  private static String shown(@Nullable Object value) {
    String text = "'" + value + "'";
    return text.length() > 100 ? text.substring(0, 100) + "...'" : text;
  }
}
