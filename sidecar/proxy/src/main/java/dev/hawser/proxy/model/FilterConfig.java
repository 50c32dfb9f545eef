package dev.hawser.proxy.model;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

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

  /** Others decide. */
  record ExtAuthz(ExtAuthzConfig config) implements FilterConfig {
    @Override
    public Set<String> upstreams() {
      return Set.of(config.service().upstream());
    }
  }

  /** Tokens. */
  record Jwt(JwtConfig config) implements FilterConfig {
    @Override
    public Set<String> upstreams() {
      Set<String> names = new TreeSet<>();
      for (JwtConfig.Provider provider : config.providers().values()) {
        if (provider.keys() instanceof JwtConfig.Keys.Remote remote) {
          names.add(remote.upstream());
        }
      }
      return names;
    }
  }

  /**
   * A body that is whole before the request goes on.
   *
   * @param maxBytes of a larger one the upstream sees nothing
   */
  record BodyLimit(int maxBytes) implements FilterConfig {}

  /** Pages of other origins; what they may do is said by routes. */
  record Cors() implements FilterConfig {}

  /** Faults made on purpose. */
  record Fault(FaultPlan plan) implements FilterConfig {}

  /** Limits kept by this proxy. */
  record LocalLimit(RateLimits.Local limit) implements FilterConfig {}

  /** Limits kept by a service. */
  record ServiceLimit(RateLimits.Service limit) implements FilterConfig {
    @Override
    public Set<String> upstreams() {
      return Set.of(limit.upstream());
    }
  }
}
