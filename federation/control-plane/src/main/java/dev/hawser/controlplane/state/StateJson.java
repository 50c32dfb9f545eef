package dev.hawser.controlplane.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;

/**
 * Documents as JSON of plain records. A field that this release does not know is ignored, so a
 * release may be rolled back.
 */
public final class StateJson {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private StateJson() {}

  /** Returns the record as JSON. */
  public static byte[] write(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(value.getClass() + " is not a plain record", e);
    }
  }

  /**
   * Reads a record.
   *
   * @throws StateUnavailableException if the document has another shape; the message names it
   */
  public static <T> T read(StateKind kind, StoredDocument document, Class<T> type) {
    return read("state document " + kind.label() + "/" + document.key(), document.content(), type);
  }

  /**
   * Reads a record.
   *
   * @param what names the bytes in the message of a failure
   * @throws StateUnavailableException if they have another shape
   */
  public static <T> T read(String what, byte[] content, Class<T> type) {
    try {
      return MAPPER.readValue(content, type);
    } catch (IOException e) {
      // Not the cause's own message: it may quote what is secret.
      throw new StateUnavailableException(
          what
              + " is not what this release writes (expected: "
              + type.getSimpleName()
              + " as JSON)",
          e);
    }
  }
}
