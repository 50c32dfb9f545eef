package dev.hawser.controlplane.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.hawser.controlplane.registry.Rejected;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One file of the directory, read into its documents. Each document stands alone: one that cannot
 * be read is rejected and the others of the same file are taken.
 *
 * @param name of the file
 * @param documents in the order of the file
 */
record DocumentFile(String name, List<Numbered> documents, List<Rejected> rejected) {
  static final int MAX_BYTES = 1 << 20;

  /**
   * A document marker can only stand at the beginning of a line, and nothing else can begin so, not
   * even inside a block scalar (YAML 1.2 section 9.1): the text may be cut there before it is
   * parsed.
   */
  private static final Pattern MARKER = Pattern.compile("(?m)^---(?=\\s|$)");

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * @param number of the document in its file, from 1
   */
  record Numbered(int number, ServiceDocument document) {}

  static DocumentFile read(String name, byte[] content) {
    List<Numbered> documents = new ArrayList<>();
    List<Rejected> rejected = new ArrayList<>();
    if (content.length > MAX_BYTES) {
      String reason = content.length + " bytes (expected: at most " + MAX_BYTES + ")";
      return new DocumentFile(name, documents, List.of(new Rejected(name, reason)));
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException _) {
      return new DocumentFile(
          name, documents, List.of(new Rejected(name, "not UTF-8 (expected: YAML in UTF-8)")));
    }
    int number = 0;
    for (String part : MARKER.split(text, -1)) {
      if (isBlank(part)) {
        continue;
      }
      number++;
      readOne(name, number, part, documents, rejected);
    }
    return new DocumentFile(name, List.copyOf(documents), List.copyOf(rejected));
  }

  private static void readOne(
      String name, int number, String text, List<Numbered> documents, List<Rejected> rejected) {
    String item = name + "#" + number;
    JsonNode node;
    try {
      node = YAML.readTree(text);
    } catch (JsonProcessingException malformed) {
      var at = malformed.getLocation();
      rejected.add(
          new Rejected(
              item,
              "not YAML"
                  + (at == null ? "" : " at line " + at.getLineNr() + " of the document")
                  + ": "
                  + firstLine(malformed.getOriginalMessage())));
      return;
    }
    try {
      documents.add(new Numbered(number, ServiceDocument.read(node)));
    } catch (IllegalArgumentException wrong) {
      rejected.add(new Rejected(item, String.valueOf(wrong.getMessage())));
    }
  }

  /** Whether there is nothing but white space and comments. */
  private static boolean isBlank(String part) {
    return part.lines().map(String::strip).allMatch(line -> line.isEmpty() || line.startsWith("#"));
  }

  private static String firstLine(String message) {
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }
}
