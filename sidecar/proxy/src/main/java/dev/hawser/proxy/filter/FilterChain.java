package dev.hawser.proxy.filter;

import java.util.List;

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
}
