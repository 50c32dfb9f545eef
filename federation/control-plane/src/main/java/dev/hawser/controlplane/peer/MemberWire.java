package dev.hawser.controlplane.peer;

import dev.hawser.api.naming.ClusterName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** Members as the peer protocol carries them. */
final class MemberWire {
  /** A cluster has two gateways as a rule; more than these are nobody's need. */
  static final int MAX_GATEWAYS = 32;

  /** A host name of 253 octets, a colon and five digits. */
  private static final int MAX_ADDRESS = 259;

  private MemberWire() {}

  static dev.hawser.api.peer.v1.Member toWire(Member member) {
    return dev.hawser.api.peer.v1.Member.newBuilder()
        .setCluster(member.name())
        .setUuid(member.uuid())
        .setMeshDomain(member.cluster().meshDomain())
        .addAllGateways(member.gateways())
        .setEpoch(member.epoch())
        .setRevision(member.revision())
        .setLeft(member.left())
        .build();
  }

  static List<dev.hawser.api.peer.v1.Member> toWire(Collection<Member> members) {
    return members.stream().map(MemberWire::toWire).toList();
  }

  /**
   * Reads a member.
   *
   * @throws IllegalArgumentException naming the value and what was expected
   */
  static Member fromWire(dev.hawser.api.peer.v1.Member wire) {
    ClusterName cluster = new ClusterName(wire.getCluster(), wire.getMeshDomain());
    // Also refuses the shortened spellings that UUID.fromString takes: one cluster, one text.
    if (wire.getUuid().length() != 36
        || !UUID.fromString(wire.getUuid()).toString().equals(wire.getUuid())) {
      throw new IllegalArgumentException(
          "uuid of cluster " + cluster.name() + ": '" + wire.getUuid() + "' (expected: a UUID)");
    }
    if (wire.getEpoch() < 0 || wire.getRevision() < 0) {
      throw new IllegalArgumentException(
          "epoch of cluster "
              + cluster.name()
              + ": "
              + Long.toUnsignedString(wire.getEpoch())
              + " (expected: below 2^63)");
    }
    return new Member(
        cluster,
        wire.getUuid(),
        gateways(wire.getGatewaysList()),
        wire.getEpoch(),
        wire.getRevision(),
        wire.getLeft());
  }

  /** Reads members, and leaves out those that are not valid: they take nobody else down. */
  static List<Member> fromWire(
      Collection<dev.hawser.api.peer.v1.Member> wire, List<String> rejected) {
    List<Member> members = new ArrayList<>();
    for (dev.hawser.api.peer.v1.Member one : wire) {
      try {
        members.add(fromWire(one));
      } catch (IllegalArgumentException e) {
        rejected.add(String.valueOf(e.getMessage()));
      }
    }
    return members;
  }

  static List<String> gateways(List<String> addresses) {
    if (addresses.size() > MAX_GATEWAYS) {
      throw new IllegalArgumentException(
          "gateways: " + addresses.size() + " (expected: at most " + MAX_GATEWAYS + ")");
    }
    for (String address : addresses) {
      requireAddress(address);
    }
    return addresses.stream().distinct().toList();
  }

  private static void requireAddress(String address) {
    int colon = address.lastIndexOf(':');
    boolean shaped =
        colon > 0
            && address.length() <= MAX_ADDRESS
            && address.chars().allMatch(c -> c > ' ' && c < 127);
    if (!shaped || !isPort(address.substring(colon + 1))) {
      throw new IllegalArgumentException(
          "gateway: '"
              + address.substring(0, Math.min(address.length(), MAX_ADDRESS))
              + "' (expected: host:port)");
    }
  }

  private static boolean isPort(String text) {
    if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return false;
    }
    int port = Integer.parseInt(text);
    return port > 0 && port <= 65_535;
  }
}
