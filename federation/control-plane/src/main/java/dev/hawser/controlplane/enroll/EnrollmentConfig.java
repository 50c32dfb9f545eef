package dev.hawser.controlplane.enroll;

import java.time.Duration;
import java.util.List;

/**
 * What enrolment tells its callers besides their identity.
 *
 * @param network that workloads of this cluster are in
 * @param controlPlanes host:port of the proxy port, as workloads reach it
 * @param ttl of an SVID
 */
public record EnrollmentConfig(String network, List<String> controlPlanes, Duration ttl) {
  public EnrollmentConfig {
    controlPlanes = List.copyOf(controlPlanes);
  }
}
