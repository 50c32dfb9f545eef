package dev.hawser.gateway.splice;

import dev.hawser.engine.metrics.Counter;
import dev.hawser.engine.metrics.Family;
import dev.hawser.engine.metrics.Metrics;
import dev.hawser.engine.relay.RelayMeter;

/** What the gateway counts. Labels name services and outcomes, never what a stranger sent. */
final class GatewayMetrics {
  private final Family<Counter> connections;
  private final Family<Counter> received;
  private final Family<Counter> sent;

  GatewayMetrics(Metrics metrics, SourceLimit limit) {
    connections =
        metrics.counter(
            "hawser_gateway_connections_total",
            "Connections by where they led and how they ended",
            "name",
            "outcome");
    received = metrics.counter("hawser_gateway_received_bytes_total", "Bytes from callers", "name");
    sent = metrics.counter("hawser_gateway_sent_bytes_total", "Bytes to callers", "name");
    metrics.gauge("hawser_gateway_open_connections", "Connections that are open", limit::open);
  }

  void ended(String name, String outcome) {
    connections.with(name, outcome).increment();
  }

  /** Counts bytes as they move, so that a connection of days shows before it ends. */
  RelayMeter meter(String name) {
    Counter in = received.with(name);
    Counter out = sent.with(name);
    return (fromCaller, bytes) -> (fromCaller ? in : out).add(bytes);
  }
}
