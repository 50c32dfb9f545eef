package dev.hawser.agent.run;

import dev.hawser.agent.config.AgentConfig;
import dev.hawser.agent.config.HealthSpec;
import dev.hawser.api.enroll.v1.LeasedPort;
import dev.hawser.api.enroll.v1.LeasedService;
import dev.hawser.host.identity.HostPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What the token lets this machine bring. */
public final class LeasedServices {
  private LeasedServices() {}

  /** Returns {@code name.namespace} of each. */
  public static List<String> names(List<LeasedService> services) {
    return services.stream().map(LeasedServices::name).toList();
  }

  /**
   * Returns the checks: what the operator said, and for a service without a word a connect to each
   * of its ports.
   */
  static List<HealthSpec> checks(List<LeasedService> services, AgentConfig config) {
    List<HealthSpec> checks = new ArrayList<>(config.health());
    Set<String> said =
        config.health().stream().map(HealthSpec::service).collect(Collectors.toSet());
    for (LeasedService service : services) {
      if (!said.contains(name(service))) {
        for (LeasedPort port : service.getPortsList()) {
          int target = port.getTarget() == 0 ? port.getNumber() : port.getTarget();
          checks.add(
              new HealthSpec(name(service), "tcp://" + new HostPort(config.appHost(), target)));
        }
      }
    }
    return checks;
  }

  private static String name(LeasedService service) {
    return service.getName() + "." + service.getNamespace();
  }
}
