package dev.hawser.api.model;

/**
 * A port that a service offers under its name.
 *
 * @param name as the registry calls it; may be empty when it is the only one
 * @param number 1-65535
 */
public record ServicePort(String name, int number, Protocol protocol) {
  public ServicePort {
    if (number < 1 || number > 65_535) {
      throw new IllegalArgumentException("port: " + number + " (expected: 1-65535)");
    }
  }
}
