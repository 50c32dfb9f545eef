package dev.hawser.proxy.model;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which requests, and what becomes of them.
 *
 * @param name for logs
 * @param filters what is said about them by their names, by the rule itself or what it belongs to
 */
public record RouteRule(
    String name, Match match, Action action, Map<String, FilterOverride> filters) {
  public RouteRule {
    filters = Map.copyOf(filters);
  }

  /**
   * Which requests; all parts must hold.
   *
   * @param ignoreCase for the path
   */
  public record Match(
      PathMatch path, boolean ignoreCase, List<FieldMatch> headers, List<FieldMatch> query) {
    public Match {
      headers = List.copyOf(headers);
      query = List.copyOf(query);
    }
  }

  /** A test of the path without its query. */
  public sealed interface PathMatch {
    /** Begins with these characters. */
    record Prefix(String value) implements PathMatch {}

    /** Is this path or lies below it. */
    record Below(String value) implements PathMatch {}

    record Exact(String value) implements PathMatch {}
  }

  /** What becomes of the request. */
  public sealed interface Action {
    /**
     * It is passed on.
     *
     * @param targets at least one
     * @param timeout from the end of the request to the end of the response; empty for none
     * @param idleTimeout without a byte in either direction; empty for the proxy's own
     * @param prefixRewrite replaces the matched part of the path
     * @param hostRewrite replaces the authority
     * @param stickiness what says which endpoint a request goes to
     */
    record Forward(
        List<Target> targets,
        Optional<Duration> timeout,
        Optional<Duration> idleTimeout,
        RetryRule retry,
        Optional<String> prefixRewrite,
        Optional<String> hostRewrite,
        Stickiness stickiness)
        implements Action {
      /** Makes one whose requests go anywhere. */
      public Forward(
          List<Target> targets,
          Optional<Duration> timeout,
          Optional<Duration> idleTimeout,
          RetryRule retry,
          Optional<String> prefixRewrite,
          Optional<String> hostRewrite) {
        this(targets, timeout, idleTimeout, retry, prefixRewrite, hostRewrite, Stickiness.NONE);
      }

      public Forward {
        targets = List.copyOf(targets);
      }
    }

    /** It is answered here. */
    record Answer(int status, String body) implements Action {}
  }

  /**
   * An upstream with its share.
   *
   * @param labels that its endpoint must have
   */
  public record Target(String upstream, int weight, LabelSet labels) {
    /** Makes one that any endpoint may take. */
    public Target(String upstream, int weight) {
      this(upstream, weight, LabelSet.NONE);
    }
  }
}
