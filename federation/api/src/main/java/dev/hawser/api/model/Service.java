package dev.hawser.api.model;

import dev.hawser.api.naming.ServiceName;
import java.time.Instant;
import java.util.List;

/**
 * A service as one registry reports it.
 *
 * @param ports at least one, numbers distinct
 * @param addresses virtual addresses of its own registry (a ClusterIP); may be empty
 * @param created when it came to be, for the rule that the older of two conflicting ones wins
 */
public record Service(
    ServiceName name,
    List<ServicePort> ports,
    List<Endpoint> endpoints,
    List<String> addresses,
    Exposure exposure,
    Instant created) {
  public Service {
    ports = List.copyOf(ports);
    endpoints = List.copyOf(endpoints);
    addresses = List.copyOf(addresses);
    if (ports.isEmpty()) {
      throw new IllegalArgumentException(
          "service " + name + " has no port (expected: at least one)");
    }
    if (ports.stream().mapToInt(ServicePort::number).distinct().count() != ports.size()) {
      throw new IllegalArgumentException(
          "service " + name + " names a port number twice: " + ports);
    }
  }
}
