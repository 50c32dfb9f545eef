package dev.hawser.controlplane.peer;

import dev.hawser.api.naming.ClusterName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who is in the federation, as far as this cluster knows: a value that rumours and direct word
 * change by fixed rules, in any order to the same end.
 *
 * @param self this cluster's name
 * @param uuid this cluster's UUID
 * @param others every other member, also those that left, by name
 */
record Members(ClusterName self, String uuid, NavigableMap<String, Member> others) {
  /** More clusters than this are refused: an outsider must not grow the list without end. */
  static final int MAX_MEMBERS = 1000;

  Members {
    others = Collections.unmodifiableNavigableMap(new TreeMap<>(others));
  }

  static Members alone(ClusterName self, String uuid) {
    return new Members(self, uuid, Collections.emptyNavigableMap());
  }

  /**
   * A claim that was refused.
   *
   * @param cluster the name it was about
   * @param detail a full sentence
   */
  record Clash(String cluster, String detail) {}

  /** The members after some news, and what of the news was refused. */
  record Merge(Members members, List<Clash> clashes) {}

  /** Returns the members that have not left, by name. */
  List<Member> present() {
    return others.values().stream().filter(member -> !member.left()).toList();
  }

  Optional<Member> find(String cluster) {
    return Optional.ofNullable(others.get(cluster));
  }

  /** Returns a member that has not left. */
  Optional<Member> findPresent(String cluster) {
    return find(cluster).filter(member -> !member.left());
  }

  /**
   * Takes in what somebody else says about members.
   *
   * @param live whether a cluster's own link is up, which disproves a rumour that it left
   */
  Merge heardOf(Collection<Member> rumours, Predicate<String> live) {
    NavigableMap<String, Member> next = new TreeMap<>(others);
    List<Clash> clashes = new ArrayList<>();
    for (Member rumour : rumours) {
      refusal(next, rumour)
          .ifPresentOrElse(
              clashes::add,
              () -> {
                if (isNews(next.get(rumour.name()), rumour, live)) {
                  next.put(rumour.name(), rumour);
                }
              });
    }
    return new Merge(new Members(self, uuid, next), List.copyOf(clashes));
  }

  /** Takes in what an authenticated member says about itself: it knows best. */
  Merge heardFrom(Member member) {
    NavigableMap<String, Member> next = new TreeMap<>(others);
    Optional<Clash> refusal = refusal(next, member);
    if (refusal.isPresent()) {
      return new Merge(this, List.of(refusal.get()));
    }
    Member known = next.get(member.name());
    if (known != null && member.gateways().isEmpty()) {
      next.put(member.name(), member.withGateways(known.gateways()));
    } else {
      next.put(member.name(), member);
    }
    return new Merge(new Members(self, uuid, next), List.of());
  }

  /** Every member marked as gone: this cluster itself has left. */
  Members withoutAll() {
    NavigableMap<String, Member> next = new TreeMap<>();
    others.forEach((name, member) -> next.put(name, member.gone()));
    return new Members(self, uuid, next);
  }

  private Optional<Clash> refusal(NavigableMap<String, Member> known, Member news) {
    String name = news.name();
    if (!news.cluster().meshDomain().equals(self.meshDomain())) {
      return clash(
          name,
          "cluster "
              + name
              + " names the mesh domain '"
              + news.cluster().meshDomain()
              + "' (expected: '"
              + self.meshDomain()
              + "'); it is refused");
    }
    if (name.equals(self.name())) {
      return news.uuid().equals(uuid)
          ? Optional.empty()
          : clash(
              name,
              "another cluster (uuid "
                  + news.uuid()
                  + ") claims this cluster's own name "
                  + name
                  + "; it is refused: start it under another name");
    }
    Member existing = known.get(name);
    if (existing == null) {
      return known.size() < MAX_MEMBERS
          ? Optional.empty()
          : clash(name, "cluster " + name + " is one more than " + MAX_MEMBERS + " members");
    }
    boolean sameOrReplaceable = existing.uuid().equals(news.uuid()) || existing.left();
    return sameOrReplaceable || news.left()
        ? Optional.empty()
        : clash(
            name,
            "two clusters are called "
                + name
                + ": uuid "
                + existing.uuid()
                + " is the member, uuid "
                + news.uuid()
                + " is refused; start it under another name, or let the member leave first");
  }

  private boolean isNews(@Nullable Member known, Member rumour, Predicate<String> live) {
    if (rumour.name().equals(self.name())) {
      return false;
    }
    if (known == null) {
      return !rumour.left();
    }
    if (!known.uuid().equals(rumour.uuid())) {
      return known.left() && !rumour.left();
    }
    if (known.left()) {
      return !rumour.left() && rumour.epoch() > known.epoch();
    }
    if (rumour.left()) {
      return rumour.epoch() >= known.epoch() && !live.test(rumour.name());
    }
    return rumour.isNewerThan(known);
  }

  private static Optional<Clash> clash(String cluster, String detail) {
    return Optional.of(new Clash(cluster, detail));
  }
}
