package dev.hawser.controlplane.peer;

import dev.hawser.api.naming.ClusterName;
import dev.hawser.api.peer.v1.Hello;
import dev.hawser.api.peer.v1.Membership;
import dev.hawser.api.peer.v1.TrustUpdate;
import java.time.Instant;
import java.util.List;

/**
 * What a link knows of its own cluster and whom it tells what it heard. Every method but {@link
 * #execute} belongs to the peer loop.
 */
interface LinkHome {
  /** Returns the time by a clock that never goes back. */
  Instant now();

  /** Runs a task on the peer loop; may be called from any thread. */
  void execute(Runnable task);

  /** Returns this cluster as others should know it. */
  Member self();

  Members members();

  /** Grows whenever {@link #self} or {@link #members} changes. */
  long membershipVersion();

  String rootHolder();

  TrustUpdate trust();

  /** Grows whenever {@link #trust} changes. */
  long trustVersion();

  /** Returns what the peer's certificates are judged by; another text means: judge again. */
  String judgement(ClusterName peer);

  LinkChannel dial(String gateway, ClusterName peer, LinkEvents events);

  /** A member described itself and its view of the others. */
  void heardHello(Member member, Hello hello);

  /** A member told of members. */
  void heardRumours(ClusterName from, Membership membership);

  /** A member told which gateways it has now. */
  void heardGateways(ClusterName from, List<String> gateways);

  /** A member told of roots and revocations. */
  void heardTrust(ClusterName from, TrustUpdate trust);

  /** A member went of its own will. */
  void left(ClusterName member);

  /** A member has seen a later epoch of this cluster than the one it is in. */
  void raiseEpoch(ClusterName witness, long seen);

  /** Something that others look at may have changed. */
  void changed();
}
