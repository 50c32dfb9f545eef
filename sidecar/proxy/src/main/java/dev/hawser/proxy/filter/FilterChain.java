package dev.hawser.proxy.filter;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The filters of one HTTP connection manager in their order, at least one. Immutable. */
public final class FilterChain {
  /** A filter at its place. */
  record Link(String name, boolean disabled, HttpFilter filter) {}

  private final Link[] links;

  FilterChain(List<Link> links) {
    this.links = links.toArray(Link[]::new);
  }

  int size() {
    return links.length;
  }

  Link link(int index) {
    return links[index];
  }

  /**
   * Has all filters judge a request that is under way.
   *
   * @param settings what its route says now; null if nothing
   * @return why it may not go on; null if it may
   */
  public @Nullable Refusal review(Review review, @Nullable RouteSettings settings) {
    for (Link link : links) {
      RouteSettings.Said said = settings == null ? null : settings.about(link.name());
      boolean works = said == null ? !link.disabled() : said.works();
      RouteSetting setting = said == null ? null : said.setting();
      Refusal refusal = works ? link.filter().review(review, setting) : null;
      if (refusal != null) {
        return refusal;
      }
    }
    return null;
  }
}
