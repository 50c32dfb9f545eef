package dev.hawser.gateway.route;

import dev.hawser.api.naming.ClusterName;
import dev.hawser.api.naming.SniName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/**
 * Every server name that leads somewhere. A name that is not in it leads nowhere: there is no
 * default.
 *
 * <p>Immutable; safe for use by any thread.
 */
public final class RouteTable {
  private final ClusterName cluster;
  private final Map<String, List<Backend>> groups;

  /**
   * Makes a table.
   *
   * @param groups by service-level name (or the control plane's), what stands behind it
   */
  public RouteTable(ClusterName cluster, Map<String, List<Backend>> groups) {
    this.cluster = cluster;
    this.groups = new TreeMap<>();
    groups.forEach((name, backends) -> this.groups.put(name, List.copyOf(backends)));
  }

  /** Returns the table that leads nowhere but to the gateway itself. */
  public static RouteTable empty(ClusterName cluster) {
    return new RouteTable(cluster, Map.of());
  }

  /** Returns the groups, sorted by name. */
  public Map<String, List<Backend>> groups() {
    return new TreeMap<>(groups);
  }

  /**
   * Looks a server name up.
   *
   * @param name in lower case
   * @param load how many connections a backend has now, to find the least loaded
   */
  public Route find(String name, ToIntFunction<Backend> load) {
    if (name.equals(cluster.gatewaySni())) {
      return new Route.Self();
    }
    if (isControlPlane(name)) {
      return all(cluster.controlPlaneSni(), load);
    }
    return switch (SniName.parse(name, cluster)) {
      case SniName.Parsed.Unknown(String reason) -> new Route.Nowhere(reason);
      case SniName.Parsed.Name(SniName sni) ->
          sni.slot().isPresent() ? slot(sni) : all(sni.encode(), load);
    };
  }

  /**
   * The control plane also answers under {@code r<digits>.control-plane…}, for clients that know
   * only an earlier root; which chain it shows is its own affair.
   */
  private boolean isControlPlane(String name) {
    String own = cluster.controlPlaneSni();
    return name.equals(own) || (name.endsWith("." + own) && name.matches("r[0-9a-f]{16}\\..*"));
  }

  private Route slot(SniName sni) {
    String group = sni.serviceLevel().encode();
    int slot = sni.slot().orElseThrow();
    Optional<Backend> backend =
        groups.getOrDefault(group, List.of()).stream()
            .filter(candidate -> candidate.slot().orElse(-1) == slot)
            .findFirst();
    if (backend.isPresent()) {
      return new Route.To(group, List.of(backend.get()));
    }
    return new Route.Nowhere(groups.containsKey(group) ? "no such slot" : "not exported");
  }

  private Route all(String group, ToIntFunction<Backend> load) {
    List<Backend> candidates =
        groups.getOrDefault(group, List.of()).stream()
            .filter(Backend::healthy)
            .sorted((a, b) -> Integer.compare(load.applyAsInt(a), load.applyAsInt(b)))
            .toList();
    return candidates.isEmpty()
        ? new Route.Nowhere(groups.containsKey(group) ? "no healthy endpoint" : "not exported")
        : new Route.To(group, candidates);
  }

  /** Whether a connection that went to a backend may go on. */
  public boolean stillLeadsTo(String group, Backend backend) {
    return groups.getOrDefault(group, List.of()).stream().anyMatch(backend::isSame);
  }
}
