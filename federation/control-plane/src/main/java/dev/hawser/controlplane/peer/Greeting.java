package dev.hawser.controlplane.peer;

import dev.hawser.api.naming.ClusterName;
import dev.hawser.api.peer.v1.Hello;
import java.util.Optional;

/** Judges a peer's first message: pure rules. */
final class Greeting {
  /** The oldest protocol version that this one speaks. */
  static final int LOWEST_VERSION = 1;

  /** The newest protocol version that this one speaks. */
  static final int HIGHEST_VERSION = 1;

  /**
   * How far a peer's word may raise this cluster's epoch at once. Epochs grow by one at each start,
   * so more than this is no memory of ours, and the number must not run out.
   */
  static final long MAX_RAISE = 1 << 20;

  private Greeting() {}

  /** What to do with a peer that greeted. */
  sealed interface Answer {}

  /** The session goes on. */
  record Welcome() implements Answer {}

  /** This cluster has forgotten an epoch that the peer saw; {@code seen} must be exceeded. */
  record WeLostState(long seen) implements Answer {}

  /**
   * The session ends.
   *
   * @param reason a sentence fragment for people here
   * @param goodbye the word for the peer
   */
  record Refused(String reason, String goodbye) implements Answer {}

  /**
   * @param theirs the peer's description of itself, already read from the message
   * @param peer who the peer is by its certificate
   * @param lastSeenEpoch the last epoch in which the peer's exports were heard here
   * @param ours what was said to the peer so far
   */
  static Answer judge(
      Hello hello,
      Member theirs,
      Members members,
      ClusterName peer,
      long lastSeenEpoch,
      ExportOrder ours) {
    if (!theirs.cluster().equals(peer)) {
      return new Refused(
          "it calls itself "
              + theirs.cluster()
              + " (expected: "
              + peer
              + ", as its certificate"
              + " says)",
          "invalid");
    }
    Optional<String> versions =
        noCommonVersion(hello.getLowestVersion(), hello.getHighestVersion());
    if (versions.isPresent()) {
      return new Refused("it " + versions.get(), "version");
    }
    Optional<Member> known = members.findPresent(peer.name());
    if (known.isEmpty()) {
      return new Refused("it is not a member", "invalid");
    }
    if (!known.get().uuid().equals(theirs.uuid())) {
      return new Refused(
          "it has uuid "
              + theirs.uuid()
              + ", but the member "
              + peer.name()
              + " has "
              + known.get().uuid(),
          "uuid");
    }
    if (theirs.epoch() < lastSeenEpoch) {
      return new Refused(
          "its epoch " + theirs.epoch() + " is lower than the last seen " + lastSeenEpoch, "stale");
    }
    return lostState(hello, ours);
  }

  /**
   * Returns why two control planes cannot talk, as the end of a sentence about the other one; empty
   * if they can.
   *
   * @param lowest the other's oldest version; 0 means 1
   * @param highest the other's newest version; 0 means 1
   */
  static Optional<String> noCommonVersion(int lowest, int highest) {
    long from = Math.max(1, Integer.toUnsignedLong(lowest));
    long to = Math.max(1, Integer.toUnsignedLong(highest));
    if (from <= HIGHEST_VERSION && to >= LOWEST_VERSION) {
      return Optional.empty();
    }
    return Optional.of(
        "speaks versions "
            + from
            + "-"
            + to
            + " of the peer protocol (expected: one of "
            + LOWEST_VERSION
            + "-"
            + HIGHEST_VERSION
            + "); upgrade the older of the two");
  }

  private static Answer lostState(Hello hello, ExportOrder ours) {
    long seen = hello.getLastSeenEpoch();
    boolean later =
        Long.compareUnsigned(seen, ours.epoch()) > 0
            || (seen == ours.epoch()
                && Long.compareUnsigned(hello.getLastSeenSequence(), ours.sequence()) > 0);
    if (!later) {
      return new Welcome();
    }
    if (Long.compareUnsigned(seen, ours.epoch() + MAX_RAISE) > 0) {
      return new Refused(
          "it claims to have seen epoch "
              + Long.toUnsignedString(seen)
              + " of this cluster, which is in "
              + ours.epoch()
              + ": too far ahead to be believed",
          "invalid");
    }
    return new WeLostState(seen);
  }

  /** Returns a goodbye's word as a sentence fragment for people; unknown words are cut short. */
  static String explain(String goodbye) {
    return switch (goodbye) {
      case "leaving" -> "it left the federation";
      case "duplicate" -> "another session is in use";
      case "version" -> "the two speak no common protocol version; upgrade the older one";
      case "restarting" -> "it restarts the link";
      case "stale" -> "it has seen a later state of this cluster";
      case "uuid" -> "it knows another cluster under this one's name";
      case "invalid" -> "it refused what this cluster said";
      default -> goodbye.substring(0, Math.min(goodbye.length(), 40));
    };
  }
}
