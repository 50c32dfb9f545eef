package dev.hawser.controlplane.xds;

import dev.hawser.api.model.Locality;
import dev.hawser.controlplane.policy.DestinationRule.Distribute;
import dev.hawser.controlplane.policy.DestinationRule.LocalityBalancing;
import dev.hawser.controlplane.policy.DestinationRule.Share;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Who is asked first: the own cluster, then the others one by one. A policy can put the nearest
 * zone before the rest of the own cluster, name the region that comes next, or share the traffic
 * out by place; what a share does not name is still there for when all that it names is gone.
 */
final class FailoverOrder {
  /**
   * Endpoints of one place that are asked at the same time.
   *
   * @param priority 0 is asked first; without gaps
   * @param weight of the place among those of its priority; at least 1
   */
  record Group(int priority, Locality locality, long weight, List<Candidate> candidates) {
    Group {
      candidates = List.copyOf(candidates);
    }
  }

  /** Within a level of the order; the first levels are the shares, then the own cluster's. */
  private static final int SHARED = 0;

  private static final int SAME_ZONE = 1;
  private static final int SAME_REGION = 2;
  private static final int OWN_CLUSTER = 3;
  private static final int NAMED_REGION = 4;
  private static final int OTHER_CLUSTERS = 5;

  /** Keeps the proportion of two shares when each is split over several places. */
  private static final long WEIGHT_SCALE = 1000;

  private record Level(int tier, String cluster) implements Comparable<Level> {
    private static final Comparator<Level> ORDER =
        Comparator.comparingInt(Level::tier).thenComparing(Level::cluster);

    @Override
    public int compareTo(Level other) {
      return ORDER.compare(this, other);
    }
  }

  private final Locality from;
  private final LocalityBalancing policy;
  private final Optional<Distribute> distribute;

  FailoverOrder(Locality from, LocalityBalancing policy) {
    this.from = from;
    this.policy = policy;
    this.distribute =
        policy.distribute().stream()
            .filter(rule -> rule.from().matches(from))
            .max(Comparator.comparingInt(rule -> rule.from().precision()));
  }

  /**
   * Puts candidates in order.
   *
   * @param clusters that the service is in, the own one and others, so that an empty one keeps its
   *     priority: a client then sees the own cluster come back where it left. Empty if priorities
   *     are to close up instead.
   */
  List<Group> groups(List<Candidate> candidates, List<String> clusters, String own) {
    Map<Level, Map<String, List<Candidate>>> levels = new TreeMap<>();
    for (String cluster : clusters) {
      boolean local = cluster.equals(own);
      levels.put(
          new Level(local ? OWN_CLUSTER : OTHER_CLUSTERS, local ? "" : cluster), new TreeMap<>());
    }
    for (Candidate candidate : candidates) {
      levels
          .computeIfAbsent(level(candidate), _ -> new TreeMap<>())
          .computeIfAbsent(candidate.locality().toString(), _ -> new ArrayList<>())
          .add(candidate);
    }
    List<Group> groups = new ArrayList<>();
    int priority = 0;
    for (Map.Entry<Level, Map<String, List<Candidate>>> level : levels.entrySet()) {
      if (level.getValue().isEmpty()) {
        groups.add(new Group(priority, Locality.UNKNOWN, 1, List.of()));
      }
      for (List<Candidate> place : level.getValue().values()) {
        Locality locality = place.getFirst().locality();
        long weight = level.getKey().tier() == SHARED ? share(locality, candidates) : weight(place);
        groups.add(new Group(priority, locality, weight, place));
      }
      priority++;
    }
    return groups;
  }

  /** Whether the places of a priority have shares of their own. */
  boolean sharesByPlace() {
    return !policy.distribute().isEmpty();
  }

  private Level level(Candidate candidate) {
    if (shareOf(candidate.locality()).isPresent()) {
      return new Level(SHARED, "");
    }
    if (candidate.own()) {
      return new Level(policy.preferNearest() ? nearness(candidate.locality()) : OWN_CLUSTER, "");
    }
    boolean named =
        policy.failover().stream()
            .anyMatch(rule ->
                rule.fromRegion().equals(from.region())
                    && rule.toRegion().equals(candidate.locality().region()));
    return new Level(named ? NAMED_REGION : OTHER_CLUSTERS, candidate.cluster());
  }

  private int nearness(Locality place) {
    if (place.region().isEmpty() || !place.region().equals(from.region())) {
      return OWN_CLUSTER;
    }
    return !place.zone().isEmpty() && place.zone().equals(from.zone()) ? SAME_ZONE : SAME_REGION;
  }

  private Optional<Share> shareOf(Locality place) {
    return distribute.flatMap(rule ->
        rule.to().stream()
            .filter(share -> share.percent() > 0 && share.to().matches(place))
            .max(Comparator.comparingInt(share -> share.to().precision())));
  }

  /** A pattern's percentage, split over the places it matches by what they can carry. */
  private long share(Locality place, List<Candidate> all) {
    Share share = shareOf(place).orElseThrow();
    long here = 0;
    long everywhere = 0;
    for (Candidate candidate : all) {
      if (shareOf(candidate.locality()).filter(share::equals).isPresent()) {
        everywhere += candidate.weight();
        here += candidate.locality().equals(place) ? candidate.weight() : 0;
      }
    }
    return Math.max(1, Math.round((double) share.percent() * WEIGHT_SCALE * here / everywhere));
  }

  private static long weight(List<Candidate> candidates) {
    return candidates.stream().mapToLong(Candidate::weight).sum();
  }
}
