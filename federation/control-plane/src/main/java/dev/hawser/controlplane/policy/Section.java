package dev.hawser.controlplane.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * An object of a document, read field by field. What is wrong is noted with its path and read as
 * absent; what nobody reads is refused at {@link #end}, so that no field is dropped in silence.
 */
final class Section {
  private final String path;
  private final JsonNode object;
  private final Problems problems;
  private final Set<String> known = new TreeSet<>();
  private final Map<String, String> unsupported = new HashMap<>();

  /**
   * @param path of the object, empty for the document itself
   */
  Section(String path, JsonNode object, Problems problems) {
    this.path = path;
    this.problems = problems;
    if (object.isObject()) {
      this.object = object;
    } else {
      problems.wrong(path.isEmpty() ? "document" : path, object, "an object");
      this.object = JsonNodeFactory.instance.objectNode();
    }
  }

  String at(String field) {
    return path.isEmpty() ? field : path + "." + field;
  }

  Problems problems() {
    return problems;
  }

  boolean has(String field) {
    return node(field).isPresent();
  }

  /** Returns the field, or empty if it is absent or null. */
  Optional<JsonNode> node(String field) {
    known.add(field);
    JsonNode node = object.get(field);
    return node == null || node.isNull() ? Optional.empty() : Optional.of(node);
  }

  Optional<String> text(String field) {
    return node(field)
        .filter(value -> check(field, value, value.isTextual(), "a string"))
        .map(JsonNode::textValue);
  }

  String requiredText(String field) {
    if (!has(field)) {
      problems.note(at(field) + ": missing (expected: a string)");
    }
    return text(field).orElse("");
  }

  Optional<Boolean> flag(String field) {
    return node(field)
        .filter(value -> check(field, value, value.isBoolean(), "true or false"))
        .map(JsonNode::booleanValue);
  }

  OptionalInt number(String field, int lowest, int highest) {
    return node(field)
        .map(value -> number(at(field), value, lowest, highest))
        .orElse(OptionalInt.empty());
  }

  private OptionalInt number(String where, JsonNode value, int lowest, int highest) {
    boolean good =
        value.isIntegralNumber()
            && value.canConvertToInt()
            && value.intValue() >= lowest
            && value.intValue() <= highest;
    if (!good) {
      problems.wrong(where, value, lowest + "-" + highest);
      return OptionalInt.empty();
    }
    return OptionalInt.of(value.intValue());
  }

  /** Reads a time span as {@code 1.5s}, {@code 100ms}, {@code 1m30s}. */
  Optional<Duration> duration(String field) {
    return node(field)
        .flatMap(value -> {
          Optional<Duration> read =
              value.isTextual() ? Durations.parse(value.textValue()) : Optional.empty();
          if (read.isEmpty()) {
            problems.wrong(at(field), value, "a time span such as 1.5s, 100ms or 1m30s");
          }
          return read;
        });
  }

  /** Returns the object of a field. */
  Optional<Section> section(String field) {
    return node(field).map(value -> new Section(at(field), value, problems));
  }

  /** Returns the objects of a list; an absent list is empty. */
  List<Section> sections(String field) {
    List<Section> sections = new ArrayList<>();
    for (JsonNode item : items(field)) {
      sections.add(new Section(at(field) + "[" + sections.size() + "]", item, problems));
    }
    return sections;
  }

  /** Returns the strings of a list; an absent list is empty. */
  List<String> texts(String field) {
    List<String> texts = new ArrayList<>();
    int index = 0;
    for (JsonNode item : items(field)) {
      if (check(field + "[" + index + "]", item, item.isTextual(), "a string")) {
        texts.add(item.textValue());
      }
      index++;
    }
    return texts;
  }

  private Iterable<JsonNode> items(String field) {
    return node(field)
        .filter(value -> check(field, value, value.isArray(), "a list"))
        .map(value -> (Iterable<JsonNode>) value)
        .orElse(List.of());
  }

  /** Returns the numbers of an object with keys of any name; an absent one is empty. */
  Map<String, Integer> numbers(String field, int lowest, int highest) {
    Map<String, Integer> numbers = new LinkedHashMap<>();
    section(field)
        .ifPresent(found ->
            found
                .object
                .properties()
                .forEach(entry ->
                    number(
                            at(field) + "[" + entry.getKey() + "]",
                            entry.getValue(),
                            lowest,
                            highest)
                        .ifPresent(value -> numbers.put(entry.getKey(), value))));
    return numbers;
  }

  /** Returns the objects of an object with keys of any name; an absent one is empty. */
  Map<String, Section> named(String field) {
    Map<String, Section> named = new LinkedHashMap<>();
    section(field)
        .ifPresent(found ->
            found
                .object
                .properties()
                .forEach(entry ->
                    named.put(
                        entry.getKey(),
                        new Section(
                            at(field) + "[" + entry.getKey() + "]", entry.getValue(), problems))));
    return named;
  }

  private boolean check(String field, JsonNode value, boolean good, String expected) {
    if (!good) {
      problems.wrong(at(field), value, expected);
    }
    return good;
  }

  /** Says why a field that exists elsewhere is refused here. */
  Section without(String field, String reason) {
    unsupported.put(field, reason);
    return this;
  }

  /** Refuses what was not read. */
  void end() {
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      String field = entry.getKey();
      if (known.contains(field)) {
        continue;
      }
      String reason = unsupported.get(field);
      if (reason == null) {
        problems.note(
            at(field) + ": unknown or not supported (expected: " + String.join(", ", known) + ")");
      } else {
        problems.unsupported(at(field), reason);
      }
    }
  }
}
