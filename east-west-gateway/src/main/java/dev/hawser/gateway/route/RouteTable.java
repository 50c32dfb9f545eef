package dev.hawser.gateway.route;

import dev.hawser.api.naming.ClusterName;
import dev.hawser.api.naming.SniName;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;

/**
 * Every server name that leads somewhere. A name that is not in it leads nowhere: there is no
 * default.
 *
 * <p>Immutable; safe for use by any thread.
 */
public final class RouteTable {
  private static final Pattern OLD_ROOT = Pattern.compile("r[0-9a-f]{16}");

  private final ClusterName cluster;
  private final SortedMap<String, List<Backend>> groups;

  /** By slot-addressed name, exactly as a caller sends it. */
  private final Map<String, Route.To> slots = new HashMap<>();

  /** By service-level name, what may be chosen. */
  private final Map<String, List<Backend>> choices = new HashMap<>();

  /**
   * Makes a table.
   *
   * @param groups by service-level name (or the control plane's), what stands behind it
   */
  public RouteTable(ClusterName cluster, Map<String, List<Backend>> groups) {
    this.cluster = cluster;
    SortedMap<String, List<Backend>> copy = new TreeMap<>();
    groups.forEach((name, backends) -> {
      copy.put(name, List.copyOf(backends));
      choices.put(name, backends.stream().filter(Backend::healthy).toList());
      for (Backend backend : backends) {
        backend
            .slot()
            .ifPresent(
                slot -> slots.put("s" + slot + "." + name, new Route.To(name, List.of(backend))));
      }
    });
    this.groups = Collections.unmodifiableSortedMap(copy);
  }

  /** Returns the table that leads nowhere but to the gateway itself. */
  public static RouteTable empty(ClusterName cluster) {
    return new RouteTable(cluster, Map.of());
  }

  /** Returns the groups, sorted by name. */
  public SortedMap<String, List<Backend>> groups() {
    return groups;
  }

  /**
   * Looks a server name up.
   *
   * @param name in lower case
   * @param load how many connections a backend has now, to find the least loaded
   */
  public Route find(String name, ToIntFunction<Backend> load) {
    Route.To slot = slots.get(name);
    if (slot != null) {
      return slot;
    }
    if (choices.containsKey(name)) {
      return leastLoaded(name, load);
    }
    if (name.equals(cluster.gatewaySni())) {
      return new Route.Self();
    }
    if (isControlPlane(name)) {
      return leastLoaded(cluster.controlPlaneSni(), load);
    }
    return new Route.Nowhere(whyNot(name));
  }

  /**
   * The control plane also answers under {@code r<digits>.control-plane…}, for clients that know
   * only an earlier root; which chain it shows is its own affair.
   */
  private boolean isControlPlane(String name) {
    String own = "." + cluster.controlPlaneSni();
    return name.endsWith(own)
        && OLD_ROOT.matcher(name).region(0, name.length() - own.length()).matches()
        && choices.containsKey(cluster.controlPlaneSni());
  }

  private Route leastLoaded(String group, ToIntFunction<Backend> load) {
    record Loaded(Backend backend, int load) {}

    // Each load is read once: others change them while we sort.
    List<Backend> candidates =
        choices.getOrDefault(group, List.of()).stream()
            .map(backend -> new Loaded(backend, load.applyAsInt(backend)))
            .sorted(Comparator.comparingInt(Loaded::load))
            .map(Loaded::backend)
            .toList();
    return candidates.isEmpty()
        ? new Route.Nowhere("no healthy endpoint")
        : new Route.To(group, candidates);
  }

  /** Says what is wrong with a name, for the log; the words hold nothing of the name itself. */
  private String whyNot(String name) {
    return switch (SniName.parse(name, cluster)) {
      case SniName.Parsed.Unknown(String reason) -> reason;
      case SniName.Parsed.Name(SniName sni) ->
          groups.containsKey(sni.serviceLevel().encode()) ? "no such slot" : "not exported";
    };
  }

  /** Whether a connection that went to a backend may go on. */
  public boolean stillLeadsTo(String group, Backend backend) {
    return groups.getOrDefault(group, List.of()).stream().anyMatch(backend::isSame);
  }
}
