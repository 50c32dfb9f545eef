package dev.hawser.gateway.config;

import java.io.Serial;

/**
 * The start file cannot be obeyed; the message names the file, the field, the value and what was
 * expected.
 */
public final class ConfigException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  ConfigException(String message) {
    super(message);
  }
}
