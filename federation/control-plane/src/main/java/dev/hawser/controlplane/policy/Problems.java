package dev.hawser.controlplane.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Everything that is wrong with one document; a person wants to know all of it at once. */
final class Problems {
  private static final int SHOWN = 60;

  private final List<String> found = new ArrayList<>();

  /** Notes a value that cannot be meant. */
  void wrong(String path, JsonNode value, String expected) {
    found.add(path + ": " + shown(value) + " (expected: " + expected + ")");
  }

  /** Notes a field that has a meaning which the mesh does not carry out. */
  void unsupported(String path, String reason) {
    found.add(path + ": not supported (" + reason + ")");
  }

  /** Notes anything else; a sentence fragment that begins with the field's path. */
  void note(String problem) {
    found.add(problem);
  }

  boolean isEmpty() {
    return found.isEmpty();
  }

  List<String> all() {
    return List.copyOf(found);
  }

  static String shown(JsonNode value) {
    String text = value.toString();
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }
}
