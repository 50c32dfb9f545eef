package dev.hawser.proxy.model;

import java.util.List;
import java.util.Set;

/** What one filter of an HTTP connection manager is told to do. */
public sealed interface FilterConfig {
  /** Returns the upstreams that the filter itself calls. */
  default Set<String> upstreams() {
    return Set.of();
  }

  /**
   * Authorization.
   *
   * @param access every one must allow; none enforces nothing, unless a route brings its own
   */
  record Rbac(List<Access> access) implements FilterConfig {
    public Rbac {
      access = List.copyOf(access);
    }
  }
}
