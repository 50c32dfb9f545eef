package dev.hawser.controlplane.transport;

import dev.hawser.api.naming.ClusterName;
import dev.hawser.trust.token.JoinToken;
import io.grpc.ManagedChannel;

/**
 * Opens channels to other control planes. They connect on their first call; whoever opens one shuts
 * it down.
 */
public interface PeerDialer {
  /**
   * Dials a member's control plane through one of its gateways: the server name is {@code
   * control-plane.<cluster>.<mesh domain>}, both sides show certificates, and only that cluster's
   * control plane is accepted. No session is resumed, so every connection is judged in full.
   */
  ManagedChannel toControlPlane(HostPort gateway, ClusterName peer);

  /**
   * Dials the issuer of a join token, directly or through a gateway: no client certificate is
   * shown, and only the token's cluster under the token's root is accepted.
   */
  ManagedChannel toJoin(HostPort address, JoinToken token);
}
