package dev.hawser.controlplane.enroll;

import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ServiceName;
import java.util.List;
import java.util.Map;

/**
 * A service that a token lets its VM register.
 *
 * @param ports at least one
 * @param targetPorts from the service's port number to the application's own on the VM; a port that
 *     is absent is the same number
 */
public record GrantedService(
    ServiceName name,
    List<ServicePort> ports,
    Map<Integer, Integer> targetPorts,
    Exposure exposure) {
  public GrantedService {
    ports = List.copyOf(ports);
    targetPorts = Map.copyOf(targetPorts);
  }
}
