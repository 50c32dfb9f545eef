package dev.hawser.controlplane.enroll;

import dev.hawser.api.model.Locality;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.trust.spiffe.SpiffeId;
import java.util.List;
import java.util.Map;

/**
 * What an agent says of its VM, and what its token lets it register. Identity, host and address
 * together tell one lease from another.
 *
 * @param host the host's own name, shown as the owner of its endpoints
 * @param address IP literal at which the VM's proxy is reached
 * @param locality {@link Locality#UNKNOWN} for the control plane's own
 * @param services decided by the token, never by the heartbeat
 * @param healthy by service, whether the application's health check passes; a service that is
 *     absent has no check and counts as healthy
 */
public record VmLease(
    SpiffeId identity,
    String host,
    String address,
    Locality locality,
    List<GrantedService> services,
    Map<ServiceName, Boolean> healthy) {
  public VmLease {
    services = List.copyOf(services);
    healthy = Map.copyOf(healthy);
  }
}
