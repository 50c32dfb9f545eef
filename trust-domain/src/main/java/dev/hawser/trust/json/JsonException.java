package dev.hawser.trust.json;

/** Text that is not the JSON that was expected; the message says where and what. */
public final class JsonException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public JsonException(String message) {
    super(message);
  }
}
