package dev.hawser.proxy.model;

import java.util.List;

/**
 * What pages of other origins may do.
 *
 * @param origins that may; one must match
 * @param methods told to a browser that asks; empty for nothing, and so are the next three
 * @param maxAge seconds, as text
 * @param enabled share of requests for which it counts
 * @param forwardsOthers whether a browser's question from another origin reaches the application
 */
public record CorsPolicy(
    List<TextMatch> origins,
    String methods,
    String headers,
    String exposed,
    String maxAge,
    boolean credentials,
    Fraction enabled,
    boolean forwardsOthers) {
  public CorsPolicy {
    origins = List.copyOf(origins);
  }
}
