package dev.hawser.controlplane.peer;

import dev.hawser.api.naming.ClusterName;
import dev.hawser.api.naming.ServiceName;
import java.util.List;
import java.util.Optional;

/** What an admission needs to know of the members, from any thread. */
interface MemberBook {
  /** Returns this cluster and every other member, also those that left. */
  List<Member> everyone();

  /** Whether a cluster is a member and has not left. */
  boolean isMember(ClusterName cluster);

  /** Returns why a newcomer cannot have its name, as a full sentence; empty if it can. */
  Optional<String> claimedName(Member newcomer);

  /** Makes a newcomer a member, durably, and tells the others. */
  void admit(Member newcomer);

  /** Returns the services that a cluster would see. */
  List<ServiceName> exportedTo(String cluster);
}
