package dev.hawser.proxy.boot;

import dev.hawser.proxy.access.AccessFilter;
import dev.hawser.proxy.access.AccessGate;
import dev.hawser.proxy.filter.Filters;
import dev.hawser.proxy.filter.HttpFilter;
import dev.hawser.proxy.filter.RouteSetting;
import dev.hawser.proxy.model.FilterConfig;
import dev.hawser.proxy.model.FilterOverride;

/** The list of all filters: makes those that configuration names. */
final class FilterList implements Filters.Maker {
  private final AccessGate gate;

  FilterList(AccessGate gate) {
    this.gate = gate;
  }

  @Override
  public HttpFilter filter(FilterConfig config) {
    return switch (config) {
      case FilterConfig.Rbac rbac -> new AccessFilter(rbac.access(), gate);
    };
  }

  @Override
  public RouteSetting setting(FilterOverride.Settings settings) {
    return switch (settings) {
      case FilterOverride.Rbac rbac -> new AccessFilter.ForRoute(rbac.access());
    };
  }
}
