package dev.hawser.proxy.balance;

import dev.hawser.api.model.Locality;
import dev.hawser.proxy.model.Balancing;
import dev.hawser.proxy.model.Balancing.Method;
import dev.hawser.proxy.model.EndpointConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Works out a {@link Selection}: {@link PriorityLoads} says what each priority takes, and what
 * comes back counts there only as far as its ramp has risen. A pure function of its input and the
 * time.
 */
final class SelectionBuilder {
  /** The least weight: nobody is divided by zero. */
  private static final double LEAST = 1e-6;

  /**
   * What a selection is built by.
   *
   * @param healthByWeight whether a priority's health is counted in weights
   * @param localityWeights empty if localities are not weighted
   * @param tables made for the selection before, and for this one
   */
  record Rules(
      Balancing balancing,
      int overprovisioning,
      boolean healthByWeight,
      Map<Locality, Integer> localityWeights,
      long now,
      LongSupplier clock,
      TableCache tables) {}

  private final Rules rules;
  private final List<Level> levels = new ArrayList<>();
  private final List<Double> loads = new ArrayList<>();
  private final List<Selection.Share> shares = new ArrayList<>();

  private SelectionBuilder(Rules rules) {
    this.rules = rules;
  }

  /** Builds. */
  static Selection build(List<Endpoint> endpoints, Rules rules) {
    return new SelectionBuilder(rules).build(endpoints);
  }

  private Selection build(List<Endpoint> endpoints) {
    TreeMap<Integer, List<Endpoint>> byPriority = new TreeMap<>();
    List<Endpoint> serving = new ArrayList<>();
    List<Endpoint> recovering = new ArrayList<>();
    List<Endpoint> lastResort = new ArrayList<>();
    List<Endpoint> unhealthy = new ArrayList<>();
    for (Endpoint endpoint : endpoints) {
      byPriority.computeIfAbsent(endpoint.priority(), _ -> new ArrayList<>()).add(endpoint);
      if (endpoint.config().health() == EndpointConfig.Health.UNHEALTHY) {
        unhealthy.add(endpoint);
      } else if (endpoint.isServing()) {
        serving.add(endpoint);
      } else if (endpoint.isRecovering()) {
        recovering.add(endpoint);
      } else {
        lastResort.add(endpoint);
      }
    }
    addLevels(byPriority);
    if (rules.balancing().failInPanic() && panicsWholly(serving)) {
      recovering.clear();
      lastResort.clear();
    } else if (panicsWholly(serving) && recovering.isEmpty() && lastResort.isEmpty()) {
      lastResort.addAll(unhealthy);
    }
    Comparator<Endpoint> order = Comparator.comparingInt(Endpoint::priority);
    serving.sort(order);
    recovering.sort(order);
    lastResort.sort(order);
    return new Selection(
        TableCache.isByHash(rules.balancing().method()),
        levels.isEmpty() ? null : new Weighted<>(levels.toArray(new Level[0]), doubles(loads)),
        List.copyOf(serving),
        List.copyOf(recovering),
        List.copyOf(lastResort),
        List.copyOf(shares));
  }

  private boolean panicsWholly(List<Endpoint> serving) {
    return serving.isEmpty() && rules.balancing().panicPercent() > 0;
  }

  private void addLevels(NavigableMap<Integer, List<Endpoint>> byPriority) {
    List<Integer> priorities = List.copyOf(byPriority.keySet());
    List<List<Endpoint>> members = List.copyOf(byPriority.values());
    PriorityLoads found =
        PriorityLoads.of(
            members.stream().map(this::measure).toList(),
            rules.overprovisioning(),
            rules.balancing().panicPercent());
    for (int i = 0; i < members.size(); i++) {
      addLevel(priorities.get(i), members.get(i), false, found.panic()[i], found.healthy()[i]);
    }
    for (int i = 0; i < members.size(); i++) {
      addLevel(priorities.get(i), members.get(i), true, found.panic()[i], found.degraded()[i]);
    }
  }

  private PriorityLoads.Level measure(List<Endpoint> members) {
    double whole = 0;
    double healthy = 0;
    double degraded = 0;
    int serving = 0;
    for (Endpoint endpoint : members) {
      double size = rules.healthByWeight() ? endpoint.config().weight() : 1;
      whole += size;
      if (!isUsable(endpoint)) {
        continue;
      }
      serving++;
      double available = size * Math.max(endpoint.factor(rules.now()), LEAST);
      if (endpoint.config().health() == EndpointConfig.Health.DEGRADED) {
        degraded += available;
      } else {
        healthy += available;
      }
    }
    return new PriorityLoads.Level(members.size(), whole, healthy, degraded, serving);
  }

  private static boolean isUsable(Endpoint endpoint) {
    return endpoint.config().health() != EndpointConfig.Health.UNHEALTHY && endpoint.isServing();
  }

  private void addLevel(
      int priority, List<Endpoint> all, boolean degraded, boolean panic, int load) {
    if (load <= 0) {
      return;
    }
    EndpointConfig.Health wanted =
        degraded ? EndpointConfig.Health.DEGRADED : EndpointConfig.Health.HEALTHY;
    List<Endpoint> members =
        !panic
            ? all.stream().filter(e -> e.config().health() == wanted && isUsable(e)).toList()
            : rules.balancing().failInPanic() ? List.of() : all;
    levels.add(level(members, all, panic));
    loads.add((double) load);
    shares.add(new Selection.Share(priority, degraded, panic, load));
  }

  private Level level(List<Endpoint> members, List<Endpoint> all, boolean panic) {
    Map<Locality, List<Endpoint>> groups = new HashMap<>();
    for (Endpoint endpoint : members) {
      Locality group = panic ? Locality.UNKNOWN : groupOf(endpoint);
      groups.computeIfAbsent(group, _ -> new ArrayList<>()).add(endpoint);
    }
    List<Map.Entry<Locality, List<Endpoint>>> sorted =
        groups.entrySet().stream()
            .sorted(Comparator.comparing(entry -> entry.getKey().toString()))
            .toList();
    double[] weights = new double[sorted.size()];
    List<Weighted<Endpoint>> items = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      List<Endpoint> group = sorted.get(i).getValue();
      items.add(weighted(group));
      weights[i] = panic ? 1 : localityShare(sorted.get(i).getKey(), group, all);
    }
    @SuppressWarnings({"unchecked", "rawtypes"})
    Weighted<Endpoint>[] array = items.toArray(new Weighted[0]);
    return level(new Weighted<>(array, weights), sorted, weights);
  }

  private Level level(
      Weighted<Weighted<Endpoint>> localities,
      List<Map.Entry<Locality, List<Endpoint>>> groups,
      double[] shares) {
    Method method = rules.balancing().method();
    List<Endpoint> hosts = new ArrayList<>();
    HashTable table = null;
    if (TableCache.isByHash(method) && !groups.isEmpty()) {
      Map<Endpoint, Double> weights = new HashMap<>();
      for (int i = 0; i < shares.length; i++) {
        List<Endpoint> group = groups.get(i).getValue();
        double whole = group.stream().mapToInt(e -> e.config().weight()).sum();
        for (Endpoint endpoint : group) {
          hosts.add(endpoint);
          weights.put(endpoint, shares[i] * endpoint.config().weight() / whole);
        }
      }
      table = sortAndBuild(method, hosts, weights);
    }
    return new Level(method, localities, List.copyOf(hosts), table, rules.clock());
  }

  /** Ramps do not count here: a share that moves with time would move every caller with it. */
  private @Nullable HashTable sortAndBuild(
      Method method, List<Endpoint> hosts, Map<Endpoint, Double> weights) {
    hosts.sort(Comparator.comparing(Endpoint::toString));
    List<Double> inOrder = hosts.stream().map(host -> weights.getOrDefault(host, 1.0)).toList();
    return rules.tables().get(method, hosts, inOrder);
  }

  private Locality groupOf(Endpoint endpoint) {
    return rules.localityWeights().isEmpty() ? Locality.UNKNOWN : endpoint.config().locality();
  }

  /** A locality gives up its share as a priority does: not before much of it is gone. */
  private double localityShare(Locality locality, List<Endpoint> serving, List<Endpoint> all) {
    if (rules.localityWeights().isEmpty()) {
      return 1;
    }
    double whole = 0;
    double available = 0;
    for (Endpoint endpoint : all) {
      if (endpoint.config().locality().equals(locality)) {
        whole += endpoint.config().weight();
      }
    }
    for (Endpoint endpoint : serving) {
      available += endpoint.config().weight() * Math.max(endpoint.factor(rules.now()), LEAST);
    }
    int weight = rules.localityWeights().getOrDefault(locality, 0);
    // A locality without a weight takes nothing while another has one.
    double kept = Math.min(1, rules.overprovisioning() / 100.0 * available / whole);
    return Math.max(weight, 1e-9) * kept;
  }

  private Weighted<Endpoint> weighted(List<Endpoint> endpoints) {
    double[] weights = new double[endpoints.size()];
    for (int i = 0; i < weights.length; i++) {
      Endpoint endpoint = endpoints.get(i);
      double grown =
          rules
              .balancing()
              .slowStart()
              .map(slow -> slow.factor(endpoint.state().age(rules.now())))
              .orElse(1.0);
      double factor = isUsable(endpoint) ? Math.min(endpoint.factor(rules.now()), grown) : 1;
      weights[i] = endpoint.config().weight() * Math.max(factor, LEAST);
    }
    return new Weighted<>(endpoints.toArray(new Endpoint[0]), weights);
  }

  private static double[] doubles(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
