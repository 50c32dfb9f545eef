package dev.hawser.host.identity;

/**
 * A place to connect to.
 *
 * @param host name or IP literal, IPv6 without brackets
 * @param port 1-65535
 */
public record HostPort(String host, int port) {
  private static final int MAX_PORT = 65_535;

  public HostPort {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("address without a host (expected: host:port)");
    }
    if (port < 1 || port > MAX_PORT) {
      throw new IllegalArgumentException(
          "port of " + host + ": " + port + " (expected: 1-" + MAX_PORT + ")");
    }
  }

  /**
   * Reads {@code host:port} or {@code [v6]:port}.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  public static HostPort parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (bracketed) {
      host = host.substring(1, host.length() - 1);
    }
    int port = portOf(text);
    if (host.isEmpty() || port < 1 || port > MAX_PORT || (!bracketed && host.indexOf(':') >= 0)) {
      throw new IllegalArgumentException(
          "address: '" + text + "' (expected: host:port, e.g. 10.0.0.1:15012 or [fd00::1]:15012)");
    }
    return new HostPort(host, port);
  }

  /** Returns the number behind the last colon, or -1. */
  static int portOf(String text) {
    String digits = text.substring(text.lastIndexOf(':') + 1);
    if (digits.isEmpty() || digits.length() > 5 || !digits.chars().allMatch(Character::isDigit)) {
      return -1;
    }
    return Integer.parseInt(digits);
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
