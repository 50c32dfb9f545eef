package dev.hawser.proxy.json;

/** What was to be JSON is none, or is more than is taken. */
public final class JsonException extends Exception {
  private static final long serialVersionUID = 1L;

  JsonException(String message, int offset) {
    super(message + " at offset " + offset);
  }
}
