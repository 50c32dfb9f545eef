package dev.hawser.controlplane.peer;

import dev.hawser.api.naming.ClusterName;
import java.util.List;

/**
 * A cluster of the federation as its own control plane describes it.
 *
 * @param uuid made once per cluster: two clusters of one name are told apart by it
 * @param gateways {@code host:port}, in the order in which they are dialled
 * @param epoch grows at each start of its control plane
 * @param revision grows within an epoch whenever the entry changes
 * @param left it went of its own will; kept so that late rumours do not bring it back
 */
record Member(
    ClusterName cluster,
    String uuid,
    List<String> gateways,
    long epoch,
    long revision,
    boolean left) {
  Member {
    gateways = List.copyOf(gateways);
  }

  String name() {
    return cluster.name();
  }

  /** Whether this description is later than another of the same cluster. */
  boolean isNewerThan(Member other) {
    return epoch > other.epoch || (epoch == other.epoch && revision > other.revision);
  }

  Member withGateways(List<String> now) {
    return new Member(cluster, uuid, now, epoch, revision, left);
  }

  Member gone() {
    return new Member(cluster, uuid, gateways, epoch, revision, true);
  }
}
