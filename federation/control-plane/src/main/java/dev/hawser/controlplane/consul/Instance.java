package dev.hawser.controlplane.consul;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.kiwiproject.consul.model.catalog.ServiceWeights;
import org.kiwiproject.consul.model.health.HealthCheck;
import org.kiwiproject.consul.model.health.Node;
import org.kiwiproject.consul.model.health.Service;
import org.kiwiproject.consul.model.health.ServiceHealth;

/**
 * One registration of a service with its checks, as Consul tells it.
 *
 * @param address the service's own, else its node's
 * @param meta of the service
 * @param nodeMeta of its node
 * @param passingWeight at least 1
 * @param warningWeight at least 1
 */
record Instance(
    String node,
    String id,
    String service,
    String address,
    int port,
    Map<String, String> meta,
    Map<String, String> nodeMeta,
    int passingWeight,
    int warningWeight,
    List<Check> checks) {
  static final Comparator<Instance> ORDER =
      Comparator.comparing(Instance::node).thenComparing(Instance::id);

  /** One health check; {@code status} is passing, warning, critical or maintenance. */
  record Check(String id, String status, String output) {}

  static Instance of(ServiceHealth health) {
    Service service = health.getService();
    Node node = health.getNode();
    String address = service.getAddress().isEmpty() ? node.getAddress() : service.getAddress();
    return new Instance(
        node.getNode(),
        service.getId(),
        service.getService(),
        address,
        service.getPort(),
        Map.copyOf(service.getMeta()),
        node.getNodeMeta().map(Map::copyOf).orElse(Map.of()),
        Math.max(1, service.getWeights().map(ServiceWeights::getPassing).orElse(1)),
        Math.max(1, service.getWeights().map(ServiceWeights::getWarning).orElse(1)),
        health.getChecks().stream().map(Instance::check).toList());
  }

  private static Check check(HealthCheck check) {
    return new Check(check.getCheckId(), check.getStatus(), check.getOutput().orElse(""));
  }

  /** Returns what tells it from the other instances of the datacenter. */
  String key() {
    return node + "/" + id;
  }

  boolean isWarning() {
    return checks.stream().anyMatch(check -> check.status().equals("warning"));
  }

  /** Whether every check passes or warns; an instance without checks is healthy. */
  boolean isHealthy() {
    return checks.stream().allMatch(check -> isGood(check.status()));
  }

  static boolean isGood(String status) {
    return status.equals("passing") || status.equals("warning");
  }
}
