package dev.hawser.controlplane.files;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;

/**
 * An object of a document, read field by field; what nobody reads is unknown and refused by {@link
 * #end}. Every error names the field's path, the value and what was expected.
 */
final class Fields {
  private static final int SHOWN = 60;

  private final String path;
  private final JsonNode object;
  private final Set<String> known = new TreeSet<>();

  private Fields(String path, JsonNode object) {
    this.path = path;
    this.object = object;
  }

  /**
   * @param path of the object, empty for the document itself
   * @throws IllegalArgumentException if the node is no object
   */
  static Fields of(String path, JsonNode node) {
    if (!node.isObject()) {
      throw new IllegalArgumentException(
          (path.isEmpty() ? "document" : path) + ": " + shown(node) + " (expected: an object)");
    }
    return new Fields(path, node);
  }

  String pathOf(String field) {
    return path.isEmpty() ? field : path + "." + field;
  }

  String requiredText(String field) {
    return text(field)
        .orElseThrow(
            () -> new IllegalArgumentException(pathOf(field) + ": missing (expected: a string)"));
  }

  Optional<String> text(String field) {
    Optional<JsonNode> node = node(field);
    node.ifPresent(it -> requireText(pathOf(field), it));
    return node.map(JsonNode::textValue);
  }

  Optional<Integer> number(String field, int lowest, int highest) {
    return node(field).map(it -> requireNumber(pathOf(field), it, lowest, highest));
  }

  int requiredNumber(String field, int lowest, int highest) {
    return number(field, lowest, highest)
        .orElseThrow(() ->
            new IllegalArgumentException(
                pathOf(field) + ": missing (expected: " + lowest + "-" + highest + ")"));
  }

  Fields requiredObject(String field) {
    return object(field)
        .orElseThrow(
            () -> new IllegalArgumentException(pathOf(field) + ": missing (expected: an object)"));
  }

  Optional<Fields> object(String field) {
    return node(field).map(it -> of(pathOf(field), it));
  }

  /** Returns the objects of a list; an absent list is empty. */
  List<Fields> objects(String field) {
    return items(field, Fields::of);
  }

  /** Returns the strings of a list; an absent list is empty. */
  List<String> listOfTexts(String field) {
    return items(field, Fields::requireText);
  }

  private <T> List<T> items(String field, BiFunction<String, JsonNode, T> read) {
    Optional<JsonNode> list = node(field);
    if (list.isEmpty()) {
      return List.of();
    }
    if (!list.get().isArray()) {
      throw new IllegalArgumentException(
          pathOf(field) + ": " + shown(list.get()) + " (expected: a list)");
    }
    List<T> items = new ArrayList<>();
    for (JsonNode item : list.get()) {
      items.add(read.apply(pathOf(field) + "[" + items.size() + "]", item));
    }
    return items;
  }

  /** Returns a map with keys of any name and string values; an absent one is empty. */
  Map<String, String> texts(String field) {
    Map<String, String> map = new LinkedHashMap<>();
    object(field)
        .ifPresent(it ->
            it.object
                .properties()
                .forEach(entry ->
                    map.put(
                        entry.getKey(), requireText(it.pathOf(entry.getKey()), entry.getValue()))));
    return map;
  }

  /** Returns a map from a port number to a port number; an absent one is empty. */
  Map<Integer, Integer> ports(String field) {
    Map<Integer, Integer> map = new LinkedHashMap<>();
    object(field)
        .ifPresent(it ->
            it.object
                .properties()
                .forEach(entry -> {
                  String at = it.pathOf(entry.getKey());
                  map.put(
                      portKey(at, entry.getKey()), requireNumber(at, entry.getValue(), 1, 65_535));
                }));
    return map;
  }

  /** Refuses fields that were not read. */
  void end() {
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      if (!known.contains(entry.getKey())) {
        throw new IllegalArgumentException(
            pathOf(entry.getKey())
                + ": unknown field (expected: "
                + String.join(", ", known)
                + ")");
      }
    }
  }

  private Optional<JsonNode> node(String field) {
    known.add(field);
    JsonNode node = object.get(field);
    return node == null || node.isNull() ? Optional.empty() : Optional.of(node);
  }

  private static String requireText(String path, JsonNode node) {
    if (!node.isTextual()) {
      throw new IllegalArgumentException(
          path + ": " + shown(node) + " (expected: a string; quote it if it looks like a number)");
    }
    return node.textValue();
  }

  private static int requireNumber(String path, JsonNode node, int lowest, int highest) {
    if (!node.canConvertToInt()
        || !node.isIntegralNumber()
        || node.intValue() < lowest
        || node.intValue() > highest) {
      throw new IllegalArgumentException(
          path + ": " + shown(node) + " (expected: " + lowest + "-" + highest + ")");
    }
    return node.intValue();
  }

  private static int portKey(String path, String key) {
    try {
      int port = Integer.parseInt(key);
      if (port >= 1 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException notDecimal) {
      throw new IllegalArgumentException(
          path + ": '" + key + "' (expected: a port of the service, 1-65535)", notDecimal);
    }
    throw new IllegalArgumentException(
        path + ": '" + key + "' (expected: a port of the service, 1-65535)");
  }

  private static String shown(JsonNode node) {
    String text = node.toString();
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }
}
