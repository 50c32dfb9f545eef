package dev.hawser.agent.doctor;

import java.util.List;

/**
 * A service as the proxy knows it, from its page {@code /upstreams}.
 *
 * @param name {@code orders.shop:8080}
 * @param protocol as the proxy speaks it; {@code TCP} for bytes
 */
record UpstreamView(String name, String protocol, List<Place> endpoints) {
  UpstreamView {
    endpoints = List.copyOf(endpoints);
  }

  /**
   * Where an endpoint is reached: itself, or the gateway before it.
   *
   * @param address {@code host:port}
   * @param state {@code serving}, or why it is not
   */
  record Place(String address, String cluster, String state) {}

  boolean isBytes() {
    return protocol.equals("TCP");
  }

  int port() {
    return Integer.parseInt(name.substring(name.lastIndexOf(':') + 1));
  }
}
