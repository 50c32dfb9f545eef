package dev.hawser.proxy.filter;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a route says about the filters, by their names; made by {@link Filters}. Immutable. */
public final class RouteSettings {
  private final Map<String, Said> said;

  RouteSettings(Map<String, Said> said) {
    this.said = Map.copyOf(said);
  }

  /**
   * What is said about one filter.
   *
   * @param works whether it is not passed over
   * @param setting null if it works as its own configuration says
   */
  record Said(boolean works, @Nullable RouteSetting setting) {}

  @Nullable Said about(String filter) {
    return said.get(filter);
  }
}
