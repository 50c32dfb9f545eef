package dev.hawser.proxy.boot;

import dev.hawser.proxy.access.AccessFilter;
import dev.hawser.proxy.filter.FilterServices;
import dev.hawser.proxy.filter.Filters;
import dev.hawser.proxy.filter.HttpFilter;
import dev.hawser.proxy.filter.RouteSetting;
import dev.hawser.proxy.model.FilterConfig;
import dev.hawser.proxy.model.FilterOverride;

/** The list of all filters: makes those that configuration names. */
final class FilterList implements Filters.Maker {
  private final FilterServices services;

  FilterList(FilterServices services) {
    this.services = services;
  }

  @Override
  public HttpFilter filter(FilterConfig config) {
    return switch (config) {
      case FilterConfig.Rbac rbac -> new AccessFilter(rbac.access());
    };
  }

  @Override
  public RouteSetting setting(FilterOverride.Settings settings) {
    return switch (settings) {
      case FilterOverride.Rbac rbac -> new AccessFilter.ForRoute(rbac.access());
    };
  }
}
