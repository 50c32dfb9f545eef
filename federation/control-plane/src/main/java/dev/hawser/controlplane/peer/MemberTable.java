package dev.hawser.controlplane.peer;

import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The members as they are now: stored before anybody acts on them. The peer loop's. */
final class MemberTable {
  private static final Logger log = LoggerFactory.getLogger(MemberTable.class);
  private static final int MAX_CLASHES = 100;

  private final MemberStore store;
  private final NavigableMap<String, String> clashes = new TreeMap<>();
  private Members members;

  MemberTable(MemberStore store, Members members) {
    this.store = store;
    this.members = members;
  }

  Members members() {
    return members;
  }

  /** Returns refused claims to a name, each a sentence, by cluster. */
  NavigableMap<String, String> clashes() {
    return clashes;
  }

  /** Takes what was heard; returns whether the members are not what they were. */
  boolean take(Members.Merge merge) {
    merge.clashes().forEach(this::refuse);
    if (merge.members().equals(members)) {
      return false;
    }
    replace(merge.members());
    return true;
  }

  /** A member went of its own will; returns whether it was one. */
  boolean left(String cluster) {
    Optional<Member> known = members.findPresent(cluster);
    if (known.isEmpty()) {
      return false;
    }
    NavigableMap<String, Member> next = new TreeMap<>(members.others());
    next.put(cluster, known.get().gone());
    replace(new Members(members.self(), members.uuid(), next));
    return true;
  }

  /** Makes every other member one that left. */
  void forgetAll() {
    replace(members.withoutAll());
    clashes.clear();
  }

  /**
   * Returns why a newcomer cannot have its name, as a full sentence; empty if it can.
   *
   * @param settled whether the member that has the name was ever heard
   */
  Optional<String> claimedName(Member newcomer, boolean settled) {
    List<Members.Clash> refused = members.heardFrom(newcomer).clashes();
    if (!refused.isEmpty()) {
      refused.forEach(this::refuse);
      return Optional.of(refused.getFirst().detail());
    }
    // A newcomer that lost the answer to its join has never been heard, and may come again.
    return settled || newcomer.name().equals(members.self().name())
        ? Optional.of("Cluster " + newcomer.name() + " is a member already.")
        : Optional.empty();
  }

  /** Refuses loudly: in the log, and in the status for as long as the name is taken. */
  private void refuse(Members.Clash clash) {
    if (clashes.size() >= MAX_CLASHES && !clashes.containsKey(clash.cluster())) {
      clashes.pollFirstEntry();
    }
    if (!clash.detail().equals(clashes.put(clash.cluster(), clash.detail()))) {
      log.error("cluster refused cluster={} reason={}", clash.cluster(), clash.detail());
    }
  }

  private void replace(Members next) {
    store.save(members, next);
    members = next;
  }
}
