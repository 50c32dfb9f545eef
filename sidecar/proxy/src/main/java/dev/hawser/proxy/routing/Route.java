package dev.hawser.proxy.routing;

import dev.hawser.proxy.filter.Filters;
import dev.hawser.proxy.filter.RouteSettings;
import dev.hawser.proxy.model.RouteRule;
import org.jspecify.annotations.Nullable;

/** A rule, ready for use. Immutable. */
public final class Route {
  private final RouteRule rule;
  private final @Nullable RouteSettings settings;

  Route(RouteRule rule, Filters filters) {
    this.rule = rule;
    this.settings = filters.settings(rule.filters());
  }

  public RouteRule rule() {
    return rule;
  }

  /** Returns what it says about filters, or null if nothing. */
  public @Nullable RouteSettings settings() {
    return settings;
  }
}
