package dev.hawser.proxy.filter;

import io.netty.handler.codec.http2.Http2Headers;
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
   * Whether all filters would let a request in that is under way.
   *
   * @param told what filters said about it when it came; null if there were none
   * @param settings what its route says now; null if nothing
   */
  public boolean stillAllows(
      Downstream downstream,
      Http2Headers request,
      @Nullable Metadata told,
      @Nullable RouteSettings settings) {
    for (Link link : links) {
      RouteSettings.Said said = settings == null ? null : settings.about(link.name());
      boolean works = said == null ? !link.disabled() : said.works();
      RouteSetting setting = said == null ? null : said.setting();
      if (works && !link.filter().stillAllows(downstream, request, told, setting)) {
        return false;
      }
    }
    return true;
  }
}
