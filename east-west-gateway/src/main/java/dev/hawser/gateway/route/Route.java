package dev.hawser.gateway.route;

import java.util.List;

/** Where a server name leads. */
public sealed interface Route {
  /**
   * To one of these, the first being meant before the others.
   *
   * @param group the service-level name, or that of the control plane
   * @param candidates at least one
   */
  record To(String group, List<Backend> candidates) implements Route {
    public To {
      candidates = List.copyOf(candidates);
    }
  }

  /** To this gateway itself, which answers probes. */
  record Self() implements Route {}

  /** Nowhere: the connection is closed. */
  record Nowhere(String reason) implements Route {}
}
