package dev.hawser.controlplane.xds;

import dev.hawser.controlplane.snapshot.LocalCluster;
import dev.hawser.trust.spiffe.SpiffeId;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.Status;

/** A client that is not served as what it says it is. */
final class NodeRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Status status;

  NodeRefusedException(Status status, String reason) {
    super(reason);
    this.status = status.withDescription(reason);
  }

  Status status() {
    return status;
  }

  /**
   * Reads a node.
   *
   * @throws NodeRefusedException if it belongs to another cluster, or a field cannot be meant
   */
  static ProxyNode orRefused(Node node, SpiffeId identity, LocalCluster cluster) {
    if (!identity.trustDomain().name().equals(cluster.name().trustDomain())) {
      throw new NodeRefusedException(
          Status.PERMISSION_DENIED,
          "identity: '" + identity + "' (expected: one of " + cluster.name().trustDomain() + ")");
    }
    try {
      return NodeReader.read(node, identity, cluster);
    } catch (IllegalArgumentException e) {
      throw new NodeRefusedException(Status.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
    }
  }
}
