package dev.hawser.host.identity;

import dev.hawser.api.enroll.v1.LeasedService;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.trust.spiffe.SpiffeId;
import java.util.List;

/**
 * What a control plane said about a workload when it enrolled.
 *
 * @param id the identity in the certificate
 * @param network what can route to the workload directly
 * @param controlPlane {@code host:port} where the control plane is reached, nearest first; the
 *     cluster's gateways come last, since they carry the same connections by their server name
 * @param services what the workload may register by lease; empty unless it is a VM
 */
public record Enrolment(
    SpiffeId id,
    ClusterName cluster,
    String network,
    List<String> controlPlane,
    List<LeasedService> services) {
  public Enrolment {
    controlPlane = List.copyOf(controlPlane);
    services = List.copyOf(services);
  }
}
