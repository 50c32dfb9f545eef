package dev.hawser.controlplane.peer;

import dev.hawser.api.naming.ClusterName;

/** Opens links. */
interface LinkDialer {
  /**
   * Begins to dial a peer's control plane through one of its gateways.
   *
   * @param gateway {@code host:port}
   * @param events told when the stream is ready or has ended
   * @return the stream, not ready yet
   */
  LinkChannel dial(String gateway, ClusterName peer, LinkEvents events);
}
