package dev.hawser.api.model;

import dev.hawser.api.naming.Labels;
import java.util.Set;
import java.util.TreeSet;

/** Which other clusters may use a service: opt-in, and the permission at the same time. */
public sealed interface Exposure {
  /** Never leaves its cluster; the default. */
  record Private() implements Exposure {}

  /** For every member of the federation. */
  record Everyone() implements Exposure {}

  /**
   * For the named clusters alone.
   *
   * @param clusters at least one
   */
  record Only(Set<String> clusters) implements Exposure {
    public Only {
      clusters = Set.copyOf(clusters);
      if (clusters.isEmpty()) {
        throw new IllegalArgumentException("export to no cluster (expected: at least one name)");
      }
    }
  }

  /** Returns the default: never leaves its cluster. */
  static Exposure hidden() {
    return new Private();
  }

  /** Returns the exposure to every member. */
  static Exposure everyone() {
    return new Everyone();
  }

  /** Returns whether a member may use the service. */
  default boolean allows(String cluster) {
    return switch (this) {
      case Private _ -> false;
      case Everyone _ -> true;
      case Only only -> only.clusters().contains(cluster);
    };
  }

  /** Whether any other cluster may use the service. */
  default boolean isExported() {
    return !(this instanceof Private);
  }

  /** Returns the exposure that allows what both allow. */
  default Exposure and(Exposure other) {
    if (this instanceof Everyone) {
      return other;
    }
    if (other instanceof Everyone) {
      return this;
    }
    if (this instanceof Only(Set<String> mine) && other instanceof Only(Set<String> others)) {
      Set<String> both = new TreeSet<>(mine);
      both.retainAll(others);
      return both.isEmpty() ? hidden() : new Only(both);
    }
    return hidden();
  }

  /**
   * Reads the value of the annotation {@code hawser.dev/export} (Consul: service meta {@code
   * hawser-export}): {@code true}, {@code false}, or cluster names with commas between them.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  static Exposure parse(String value) {
    String text = value.strip();
    return switch (text) {
      case "", "false" -> hidden();
      case "true", "*" -> everyone();
      default -> {
        Set<String> clusters = new TreeSet<>();
        for (String cluster : text.split(",", -1)) {
          clusters.add(Labels.require("export to cluster", cluster.strip()));
        }
        yield new Only(clusters);
      }
    };
  }
}
