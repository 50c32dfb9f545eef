package dev.hawser.proxy.config;

/**
 * A start file that cannot be obeyed; the message names the field, its value, what was expected.
 */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Makes one with a whole message. */
  public ConfigException(String message) {
    super(message);
  }

  ConfigException(String path, String value, String expected) {
    super(path + ": " + value + " (expected: " + expected + ")");
  }
}
