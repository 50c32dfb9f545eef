package dev.hawser.controlplane.snapshot;

import dev.hawser.api.model.PeerState;
import java.time.Instant;
import java.util.List;

/**
 * Another member of the federation, as its link and the probes of its gateways show it.
 *
 * @param name one label; its trust domain is {@code <name>.<mesh domain>}
 * @param gateways in a stable order
 * @param lastHeard when its control plane was last heard; for people alone, so it is not part of
 *     the snapshot's digest
 */
public record RemoteCluster(
    String name,
    String trustDomain,
    List<RemoteGateway> gateways,
    PeerState state,
    Instant lastHeard) {
  public RemoteCluster {
    gateways = List.copyOf(gateways);
  }

  /** Whether its last known exports may be called. */
  public boolean serves() {
    return state != PeerState.DEAD;
  }
}
