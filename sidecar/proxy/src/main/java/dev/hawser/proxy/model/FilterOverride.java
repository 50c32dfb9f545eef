package dev.hawser.proxy.model;

import java.util.List;

/**
 * What a route, a virtual host or a table of routes says about a filter of its name: Envoy's {@code
 * typed_per_filter_config}. The most specific one counts, as a whole.
 */
public sealed interface FilterOverride {
  /** It is passed over. */
  record Disabled() implements FilterOverride {}

  /** It works as its own configuration says, even if it is disabled by default. */
  record Enabled() implements FilterOverride {}

  /** Something of the filter's own kind; it enables the filter too. */
  sealed interface Settings extends FilterOverride {}

  /**
   * Other authorization.
   *
   * @param access every one must allow; none enforces nothing
   */
  record Rbac(List<Access> access) implements Settings {
    public Rbac {
      access = List.copyOf(access);
    }
  }

  /** Other words for those who decide. */
  record ExtAuthz(ExtAuthzConfig.ForRoute words) implements Settings {}

  /**
   * Other tokens.
   *
   * @param requirement by its name in the filter's configuration
   */
  record Jwt(String requirement) implements Settings {}

  /** Another limit of a body. */
  record BodyLimit(int maxBytes) implements Settings {}

  /** What pages of other origins may do. */
  record Cors(CorsPolicy policy) implements Settings {}

  /** Other faults. */
  record Fault(FaultPlan plan) implements Settings {}

  /** Other limits, with buckets of their own. */
  record LocalLimit(RateLimits.Local limit) implements Settings {}
}
