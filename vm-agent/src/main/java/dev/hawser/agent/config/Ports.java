package dev.hawser.agent.config;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * Where the proxy listens, if not at its usual ports. A 0 means the usual one.
 *
 * @param dns {@code host:port}, {@code off}, or empty for port 15053 of the address
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record Ports(int inbound, int outbound, int admin, int metrics, int ready, String dns) {
  public Ports {
    // A file that was written by hand may leave it out.
    dns = dns == null ? "" : dns;
  }

  /** Returns the usual ports. */
  public static Ports usual() {
    return new Ports(0, 0, 0, 0, 0, "");
  }

  /** Reads {@code inbound=15006,outbound=15001,...}, each optional. */
  public static Ports parse(String text, String dns) {
    int[] numbers = new int[5];
    for (String part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      int equals = part.indexOf('=');
      int index = equals < 0 ? -1 : index(part.substring(0, equals));
      int number = number(part.substring(equals + 1));
      if (index < 0 || number < 1 || number > 65_535) {
        throw new IllegalArgumentException(
            "ports: '"
                + part
                + "' (expected: inbound, outbound, admin, metrics or ready = a port, with commas"
                + " between)");
      }
      numbers[index] = number;
    }
    return new Ports(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], dns);
  }

  private static int index(String name) {
    return switch (name) {
      case "inbound" -> 0;
      case "outbound" -> 1;
      case "admin" -> 2;
      case "metrics" -> 3;
      case "ready" -> 4;
      default -> -1;
    };
  }

  private static int number(String digits) {
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException _) {
      return -1;
    }
  }
}
