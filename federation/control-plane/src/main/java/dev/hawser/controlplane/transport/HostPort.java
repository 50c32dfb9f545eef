package dev.hawser.controlplane.transport;

import java.net.InetSocketAddress;

/**
 * Where something listens.
 *
 * @param host a name or an IP literal, an IPv6 one without brackets
 * @param port 0-65535; 0 only to listen on a free one
 */
public record HostPort(String host, int port) {
  private static final int MAX_PORT = 65_535;

  public HostPort {
    if (host.isEmpty() || port < 0 || port > MAX_PORT) {
      throw new IllegalArgumentException(
          "address: '" + host + ":" + port + "' (expected: host:port, port 0-65535)");
    }
  }

  /**
   * Reads {@code host:port} or {@code [IPv6]:port}.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  public static HostPort parse(String text) {
    int colon = text.lastIndexOf(':');
    boolean bracketed = text.startsWith("[");
    boolean wellFormed =
        bracketed ? text.startsWith("]:", colon - 1) : colon > 0 && text.indexOf(':') == colon;
    if (!wellFormed || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException(
          "address: '" + text + "' (expected: host:port, e.g. 127.0.0.1:15012)");
    }
    String host = bracketed ? text.substring(1, colon - 1) : text.substring(0, colon);
    return new HostPort(host, Integer.parseInt(text.substring(colon + 1)));
  }

  InetSocketAddress resolve() {
    return new InetSocketAddress(host, port);
  }

  /** Returns {@code host:port}, with brackets around an IPv6 literal. */
  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
