package dev.hawser.proxy.boot;

import dev.hawser.engine.metrics.Metrics;
import dev.hawser.proxy.access.AccessFilter;
import dev.hawser.proxy.access.AccessGate;
import dev.hawser.proxy.authn.IssuerKeys;
import dev.hawser.proxy.authn.JwtFilter;
import dev.hawser.proxy.authz.ExtAuthzFilter;
import dev.hawser.proxy.cors.CorsFilter;
import dev.hawser.proxy.fault.FaultFilter;
import dev.hawser.proxy.filter.Filters;
import dev.hawser.proxy.filter.HttpFilter;
import dev.hawser.proxy.filter.RouteSetting;
import dev.hawser.proxy.limit.BodyLimitFilter;
import dev.hawser.proxy.limit.LocalLimit;
import dev.hawser.proxy.limit.LocalLimitFilter;
import dev.hawser.proxy.limit.ServiceLimitFilter;
import dev.hawser.proxy.model.ExtAuthzConfig;
import dev.hawser.proxy.model.FilterConfig;
import dev.hawser.proxy.model.FilterOverride;
import dev.hawser.proxy.model.JwtConfig;
import dev.hawser.proxy.upstream.Upstreams;
import dev.hawser.proxy.worker.Workers;
import dev.hawser.trust.spiffe.SpiffeId;
import java.util.Optional;
import java.util.function.Supplier;

/** The list of all filters: makes those that configuration names. */
final class FilterList implements Filters.Maker {
  private final AccessGate gate;
  private final Workers workers;
  private final Upstreams upstreams;
  private final Supplier<Optional<SpiffeId>> self;
  private final Metrics metrics;
  private final IssuerKeys keys;

  FilterList(
      AccessGate gate,
      Workers workers,
      Upstreams upstreams,
      Supplier<Optional<SpiffeId>> self,
      Metrics metrics) {
    this.gate = gate;
    this.self = self;
    this.metrics = metrics;
    this.workers = workers;
    this.upstreams = upstreams;
    this.keys = new IssuerKeys(workers, upstreams);
  }

  @Override
  public HttpFilter filter(FilterConfig config) {
    return switch (config) {
      case FilterConfig.Rbac rbac -> new AccessFilter(rbac.access(), gate);
      case FilterConfig.ExtAuthz(ExtAuthzConfig authz) ->
          new ExtAuthzFilter(authz, upstreams, self, metrics);
      case FilterConfig.Jwt(JwtConfig jwt) -> new JwtFilter(jwt, workers, keys);
      case FilterConfig.BodyLimit(int maxBytes) -> new BodyLimitFilter(maxBytes);
      case FilterConfig.Cors _ -> new CorsFilter();
      case FilterConfig.Fault fault -> new FaultFilter(fault.plan());
      case FilterConfig.LocalLimit local -> new LocalLimitFilter(local.limit());
      case FilterConfig.ServiceLimit service -> new ServiceLimitFilter(service.limit(), upstreams);
    };
  }

  @Override
  public RouteSetting setting(FilterOverride.Settings settings) {
    return switch (settings) {
      case FilterOverride.Rbac rbac -> new AccessFilter.ForRoute(rbac.access());
      case FilterOverride.ExtAuthz(ExtAuthzConfig.ForRoute words) ->
          new ExtAuthzFilter.ForRoute(words);
      case FilterOverride.Jwt(String requirement) -> new JwtFilter.ForRoute(requirement);
      case FilterOverride.BodyLimit(int maxBytes) -> new BodyLimitFilter.ForRoute(maxBytes);
      case FilterOverride.Cors cors -> new CorsFilter.ForRoute(cors.policy());
      case FilterOverride.Fault fault -> new FaultFilter.ForRoute(fault.plan());
      case FilterOverride.LocalLimit local -> new LocalLimit(local.limit());
    };
  }
}
