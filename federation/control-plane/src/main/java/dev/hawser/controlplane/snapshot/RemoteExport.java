package dev.hawser.controlplane.snapshot;

import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ServiceName;
import java.time.Instant;
import java.util.List;

/**
 * A service that another cluster offers to this one, as its control plane said it last.
 *
 * @param cluster one label, the exporter
 * @param slots the healthy ones; may be empty
 * @param identities SPIFFE ids that may serve it, as the exporter claims them
 * @param since when the export began, by the exporter's clock
 */
public record RemoteExport(
    String cluster,
    ServiceName service,
    List<ServicePort> ports,
    List<RemoteSlot> slots,
    List<String> identities,
    Instant since) {
  public RemoteExport {
    ports = List.copyOf(ports);
    slots = List.copyOf(slots);
    identities = List.copyOf(identities);
  }
}
