package dev.hawser.controlplane.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A YAML stream as documents, each read alone: one that is no YAML does not hide the others. */
final class Documents {
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final ObjectMapper CANONICAL =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  /** Nothing else in YAML can begin a line like this (YAML 1.2 section 9.1). */
  private static final Pattern MARKER = Pattern.compile("(?m)^---(?=\\s|$)");

  private Documents() {}

  /**
   * A document of a stream.
   *
   * @param number from 1
   * @param tree empty if it is no YAML
   * @param problem why it is none; empty if it is
   */
  record Parsed(int number, Optional<JsonNode> tree, String problem) {}

  static List<Parsed> of(String stream) {
    List<Parsed> documents = new ArrayList<>();
    int line = 1;
    for (String part : MARKER.split(stream, -1)) {
      if (!isBlank(part)) {
        documents.add(parse(documents.size() + 1, line, part));
      }
      line += (int) part.chars().filter(c -> c == '\n').count();
    }
    return documents;
  }

  private static Parsed parse(int number, int firstLine, String text) {
    try {
      return new Parsed(number, Optional.of(YAML.readTree(text)), "");
    } catch (JsonProcessingException e) {
      String message = e.getOriginalMessage().lines().findFirst().orElse("");
      String where =
          e.getLocation() == null
              ? ""
              : " at line " + (firstLine + e.getLocation().getLineNr() - 1);
      return new Parsed(
          number, Optional.empty(), "document " + number + ": not YAML" + where + ": " + message);
    }
  }

  private static boolean isBlank(String part) {
    return part.lines().map(String::strip).allMatch(line -> line.isEmpty() || line.startsWith("#"));
  }

  /** Returns the document as JSON with sorted keys. */
  static String canonical(JsonNode document) {
    try {
      return CANONICAL.writeValueAsString(CANONICAL.treeToValue(document, Object.class));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a parsed tree is always JSON", e);
    }
  }

  /**
   * Reads what {@link #canonical} wrote.
   *
   * @throws JsonProcessingException if it is not JSON
   */
  static JsonNode json(String text) throws JsonProcessingException {
    return CANONICAL.readTree(text);
  }
}
