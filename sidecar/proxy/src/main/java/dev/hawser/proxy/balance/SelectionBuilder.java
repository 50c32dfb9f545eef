package dev.hawser.proxy.balance;

import dev.hawser.api.model.Locality;
import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.UpstreamConfig.Policy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Works out a {@link Selection}: a priority keeps its traffic while 100/overprovisioning of it
 * serves, and below that only the lost share moves to the next (Envoy's rule). A pure function of
 * its input and the time.
 */
final class SelectionBuilder {
  private final Policy policy;
  private final double overprovisioning;
  private final Map<Locality, Integer> localityWeights;
  private final long now;
  private final List<Weighted<Weighted<Endpoint>>> levels = new ArrayList<>();
  private final List<Double> loads = new ArrayList<>();
  private final List<Selection.Share> shares = new ArrayList<>();
  private double left = 1;

  private SelectionBuilder(
      Policy policy, int overprovisioning, Map<Locality, Integer> localityWeights, long now) {
    this.policy = policy;
    this.overprovisioning = overprovisioning / 100.0;
    this.localityWeights = localityWeights;
    this.now = now;
  }

  /**
   * Builds.
   *
   * @param localityWeights empty if localities are not weighted
   */
  static Selection build(
      List<Endpoint> endpoints,
      Policy policy,
      int overprovisioning,
      Map<Locality, Integer> localityWeights,
      long now) {
    return new SelectionBuilder(policy, overprovisioning, localityWeights, now).build(endpoints);
  }

  private Selection build(List<Endpoint> endpoints) {
    TreeMap<Integer, List<Endpoint>> byPriority = new TreeMap<>();
    List<Endpoint> serving = new ArrayList<>();
    List<Endpoint> recovering = new ArrayList<>();
    List<Endpoint> lastResort = new ArrayList<>();
    for (Endpoint endpoint : endpoints) {
      byPriority.computeIfAbsent(endpoint.priority(), _ -> new ArrayList<>()).add(endpoint);
      if (endpoint.config().health() == EndpointConfig.Health.UNHEALTHY) {
        continue;
      }
      if (endpoint.isServing()) {
        serving.add(endpoint);
      } else if (endpoint.isRecovering()) {
        recovering.add(endpoint);
      } else {
        lastResort.add(endpoint);
      }
    }
    byPriority.forEach((priority, all) -> addLevel(priority, all, false));
    byPriority.forEach((priority, all) -> addLevel(priority, all, true));
    Comparator<Endpoint> order = Comparator.comparingInt(Endpoint::priority);
    serving.sort(order);
    recovering.sort(order);
    lastResort.sort(order);
    return new Selection(
        policy,
        weightedLevels(),
        List.copyOf(serving),
        List.copyOf(recovering),
        List.copyOf(lastResort),
        normalized());
  }

  private @Nullable Weighted<Weighted<Weighted<Endpoint>>> weightedLevels() {
    if (levels.isEmpty()) {
      return null;
    }
    @SuppressWarnings({"unchecked", "rawtypes"})
    Weighted<Weighted<Endpoint>>[] items = levels.toArray(new Weighted[0]);
    return new Weighted<>(items, doubles(loads));
  }

  private List<Selection.Share> normalized() {
    double total = shares.stream().mapToDouble(Selection.Share::percent).sum();
    return shares.stream()
        .map(s -> new Selection.Share(s.priority(), s.degraded(), s.percent() * 100 / total))
        .toList();
  }

  /** Adds the healthy, or the degraded, of one priority, if something is left for them to take. */
  private void addLevel(int priority, List<Endpoint> all, boolean degraded) {
    double whole = 0;
    double available = 0;
    Map<Locality, List<Endpoint>> groups = new HashMap<>();
    for (Endpoint endpoint : all) {
      whole += endpoint.config().weight();
      boolean wanted =
          endpoint.config().health()
              == (degraded ? EndpointConfig.Health.DEGRADED : EndpointConfig.Health.HEALTHY);
      if (wanted && endpoint.isServing()) {
        available += weight(endpoint);
        groups.computeIfAbsent(groupOf(endpoint), _ -> new ArrayList<>()).add(endpoint);
      }
    }
    double load = Math.min(left, Math.min(1, overprovisioning * available / whole));
    if (load <= 0) {
      return;
    }
    Weighted<Weighted<Endpoint>> level = level(groups, all);
    left -= load;
    levels.add(level);
    loads.add(load);
    shares.add(new Selection.Share(priority, degraded, load));
  }

  private Locality groupOf(Endpoint endpoint) {
    return localityWeights.isEmpty() ? Locality.UNKNOWN : endpoint.config().locality();
  }

  private Weighted<Weighted<Endpoint>> level(
      Map<Locality, List<Endpoint>> groups, List<Endpoint> all) {
    List<Weighted<Endpoint>> items = new ArrayList<>();
    List<Double> weights = new ArrayList<>();
    groups.entrySet().stream()
        .sorted(Comparator.comparing(entry -> entry.getKey().toString()))
        .forEach(entry -> {
          items.add(weighted(entry.getValue()));
          weights.add(localityShare(entry.getKey(), entry.getValue(), all));
        });
    @SuppressWarnings({"unchecked", "rawtypes"})
    Weighted<Endpoint>[] array = items.toArray(new Weighted[0]);
    return new Weighted<>(array, doubles(weights));
  }

  /** A locality gives up its share as a priority does: not before much of it is gone. */
  private double localityShare(Locality locality, List<Endpoint> serving, List<Endpoint> all) {
    if (localityWeights.isEmpty()) {
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
      available += weight(endpoint);
    }
    int weight = localityWeights.getOrDefault(locality, 0);
    // A locality without a weight takes nothing while another has one.
    return Math.max(weight, 1e-9) * Math.min(1, overprovisioning * available / whole);
  }

  private Weighted<Endpoint> weighted(List<Endpoint> endpoints) {
    double[] weights = new double[endpoints.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = weight(endpoints.get(i));
    }
    return new Weighted<>(endpoints.toArray(new Endpoint[0]), weights);
  }

  private double weight(Endpoint endpoint) {
    return endpoint.config().weight() * Math.max(endpoint.factor(now), 1e-6);
  }

  private static double[] doubles(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
