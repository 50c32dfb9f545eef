package dev.hawser.agent.config;

import dev.hawser.api.naming.ServiceName;
import dev.hawser.host.identity.HostPort;

/**
 * A service that programs on this machine call at a local address.
 *
 * @param service {@code name.namespace}
 * @param port of the service
 * @param listen {@code host:port} on this machine
 */
public record UpstreamSpec(String service, int port, String listen) {
  public UpstreamSpec {
    ServiceName.parse(service);
    HostPort.parse(listen);
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException(
          "port of " + service + ": " + port + " (expected: 1-65535)");
    }
  }

  /** Reads {@code service:port=listen}; a listen of a port alone means 127.0.0.1. */
  public static UpstreamSpec parse(String text) {
    int equals = text.indexOf('=');
    int colon = text.lastIndexOf(':', Math.max(equals, 0));
    if (colon < 1 || equals < colon) {
      throw malformed(text);
    }
    try {
      String listen = text.substring(equals + 1);
      return new UpstreamSpec(
          text.substring(0, colon),
          Integer.parseInt(text.substring(colon + 1, equals)),
          listen.indexOf(':') < 0 ? "127.0.0.1:" + listen : listen);
    } catch (NumberFormatException _) {
      throw malformed(text);
    }
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "upstream: '"
            + text
            + "' (expected: service:port=listen, e.g. orders.shop:8080=127.0.0.1:9001)");
  }
}
