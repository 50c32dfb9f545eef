package dev.hawser.proxy.filter;

import dev.hawser.proxy.model.FilterConfig;
import dev.hawser.proxy.model.FilterEntry;
import dev.hawser.proxy.model.FilterOverride;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compiles chains, and what routes say about their filters. Called on the thread that takes
 * configuration.
 */
public final class Filters {
  private static final RouteSettings.Said DISABLED = new RouteSettings.Said(false, null);
  private static final RouteSettings.Said ENABLED = new RouteSettings.Said(true, null);

  private final Maker maker;

  /** Knows all filters. */
  public interface Maker {
    HttpFilter filter(FilterConfig config);

    RouteSetting setting(FilterOverride.Settings settings);
  }

  /** Makes a compiler. */
  public Filters(Maker maker) {
    this.maker = maker;
  }

  /** Returns a chain, or null if there is nothing in it: requests then do not notice it. */
  public @Nullable FilterChain chain(List<FilterEntry> entries) {
    List<FilterChain.Link> links = new ArrayList<>();
    for (FilterEntry entry : entries) {
      links.add(new FilterChain.Link(entry.name(), entry.disabled(), maker.filter(entry.config())));
    }
    return links.isEmpty() ? null : new FilterChain(links);
  }

  /** Returns what a route says, ready for use, or null if it says nothing. */
  public @Nullable RouteSettings settings(Map<String, FilterOverride> overrides) {
    if (overrides.isEmpty()) {
      return null;
    }
    Map<String, RouteSettings.Said> said = new HashMap<>();
    overrides.forEach((name, override) ->
        said.put(
            name,
            switch (override) {
              case FilterOverride.Disabled _ -> DISABLED;
              case FilterOverride.Enabled _ -> ENABLED;
              case FilterOverride.Settings settings ->
                  new RouteSettings.Said(true, maker.setting(settings));
            }));
    return new RouteSettings(said);
  }
}
