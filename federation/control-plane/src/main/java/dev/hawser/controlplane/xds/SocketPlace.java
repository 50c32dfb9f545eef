package dev.hawser.controlplane.xds;

import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import java.net.InetAddress;

/**
 * A host and a TCP port.
 *
 * @param host an IP literal without brackets, or a DNS name
 * @param port 1-65535
 */
record SocketPlace(String host, int port) {
  private static final int MAX_PORT = 65_535;

  /**
   * Reads {@code host:port}; an IPv6 literal stands in brackets.
   *
   * @param what what the value is, for the message
   * @throws IllegalArgumentException if the text is anything else
   */
  static SocketPlace parse(String what, String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw malformed(what, text);
    }
    int port;
    try {
      port = Integer.parseInt(text, colon + 1, text.length(), 10);
    } catch (NumberFormatException e) {
      throw malformed(what, text);
    }
    if (host.isEmpty() || port < 1 || port > MAX_PORT) {
      throw malformed(what, text);
    }
    return new SocketPlace(host, port);
  }

  private static IllegalArgumentException malformed(String what, String text) {
    return new IllegalArgumentException(
        what + ": '" + text + "' (expected: host:port, e.g. 127.0.0.1:9001)");
  }

  /** Whether the text is an IP address, so that no name needs to be looked up. */
  static boolean isLiteral(String host) {
    try {
      InetAddress.ofLiteral(host);
      return true;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  boolean isLiteral() {
    return isLiteral(host);
  }

  Address address() {
    return address(host, port);
  }

  static Address address(String host, int port) {
    return Address.newBuilder()
        .setSocketAddress(SocketAddress.newBuilder().setAddress(host).setPortValue(port))
        .build();
  }

  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
