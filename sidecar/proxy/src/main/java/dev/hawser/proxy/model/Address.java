package dev.hawser.proxy.model;

/**
 * Where to connect.
 *
 * @param host an IP address, or a name that the host's resolver knows
 * @param port 1-65535
 */
public record Address(String host, int port) {
  public Address {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("address: '' (expected: an IP address or a host name)");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1-65535)");
    }
  }

  /** Returns {@code host:port}. */
  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
