package dev.hawser.controlplane.xds;

import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.snapshot.MeshEndpoint;
import dev.hawser.controlplane.snapshot.MeshService;
import java.util.List;

/**
 * A service as one workload serves it, for callers that mean this one and no other: {@code
 * orders.shop:8080@10.244.1.7}.
 */
final class Pinned {
  private static final char AT = '@';

  private Pinned() {}

  /** Returns the name of what is called, with an address as {@link CapturedListeners} has it. */
  static String name(ServiceName service, int port, String address) {
    return EndpointResources.name(service, port) + AT + address;
  }

  /** Returns the address that a name ends with; empty if it means the service. */
  static String address(String name) {
    int at = name.indexOf(AT);
    return at < 0 ? "" : name.substring(at + 1);
  }

  /** Returns the name without its address. */
  static String withoutAddress(String name) {
    int at = name.indexOf(AT);
    return at < 0 ? name : name.substring(0, at);
  }

  /** Returns the service with nobody but the workload at the address. */
  static MeshService only(MeshService service, String address) {
    List<MeshEndpoint> there =
        service.local().stream()
            .filter(one -> CapturedListeners.canonical(one.endpoint().address()).equals(address))
            .toList();
    return new MeshService(
        service.name(),
        service.ports(),
        service.addresses(),
        service.exposure(),
        there,
        List.of(),
        service.conditions(),
        service.since());
  }
}
