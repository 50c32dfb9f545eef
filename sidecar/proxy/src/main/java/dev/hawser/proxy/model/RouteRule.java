package dev.hawser.proxy.model;

import com.google.re2j.Pattern;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which requests, and what becomes of them.
 *
 * @param name for logs
 * @param headers changes of heads on the way to the upstream and back
 * @param filters what is said about them by their names, by the rule itself or what it belongs to
 * @param limits how requests are described for limits of their rate
 */
public record RouteRule(
    String name,
    Match match,
    Action action,
    HeaderOps headers,
    Map<String, FilterOverride> filters,
    List<RateLimits.Rule> limits) {
  public RouteRule {
    limits = List.copyOf(limits);
    filters = Map.copyOf(filters);
  }

  /**
   * Which requests; all parts must hold.
   *
   * @param ignoreCase for the path
   * @param grpc whether only gRPC
   * @param share of those that pass the other tests
   */
  public record Match(
      PathMatch path,
      boolean ignoreCase,
      List<FieldMatch> headers,
      List<FieldMatch> query,
      boolean grpc,
      Optional<Fraction> share) {
    public Match {
      headers = List.copyOf(headers);
      query = List.copyOf(query);
    }

    /** Returns a test of the path alone. */
    public static Match of(PathMatch path) {
      return new Match(path, false, List.of(), List.of(), false, Optional.empty());
    }
  }

  /** A test of the path without its query. Only {@link Connect} takes a request that has none. */
  public sealed interface PathMatch {
    /** Begins with these characters. */
    record Prefix(String value) implements PathMatch {}

    /** Is this path or lies below it. */
    record Below(String value) implements PathMatch {}

    record Exact(String value) implements PathMatch {}

    /** All of it matches: a regular expression, or a template that was made one. */
    record Regex(Pattern expression) implements PathMatch {}

    /** There is none: CONNECT, whose connection goes on as bytes to an endpoint. */
    record Connect() implements PathMatch {}
  }

  /** What becomes of the request. */
  public sealed interface Action {
    /**
     * It is passed on.
     *
     * @param mirrors get a copy each
     * @param stickiness what says which endpoint a request goes to
     */
    record Forward(
        Choice choice,
        Timeouts timeouts,
        RetryRule retry,
        PathRewrite path,
        HostRewrite host,
        List<Mirror> mirrors,
        AttemptCount attemptCount,
        Stickiness stickiness)
        implements Action {
      public Forward {
        mirrors = List.copyOf(mirrors);
      }
    }

    /** It is answered here. */
    record Answer(int status, String body) implements Action {}

    /**
     * It is sent elsewhere by the caller.
     *
     * @param scheme empty for the same
     * @param host empty for the same
     * @param port empty for none if the host or scheme changes, else for the same
     * @param stripQuery of the request
     */
    record Redirect(
        int status,
        Optional<String> scheme,
        Optional<String> host,
        Optional<Integer> port,
        PathRewrite path,
        boolean stripQuery)
        implements Action {}
  }

  /** How the upstream is chosen. */
  public sealed interface Choice {
    /**
     * By weight.
     *
     * @param targets at least one, each with a weight above 0
     * @param randomHeader whose value, a number, takes the place of chance if it is there
     */
    record Weighted(List<Target> targets, Optional<String> randomHeader) implements Choice {
      public Weighted {
        targets = List.copyOf(targets);
      }
    }

    /** A header of the request names it. */
    record ByHeader(String name) implements Choice {}
  }

  /**
   * An upstream with its share.
   *
   * @param headers changes before those of the rule
   * @param filters what is said about them here only
   * @param hostRewrite instead of the rule's
   * @param labels that its endpoint must have
   */
  public record Target(
      String upstream,
      int weight,
      HeaderOps headers,
      Map<String, FilterOverride> filters,
      Optional<String> hostRewrite,
      LabelSet labels) {
    public Target {
      filters = Map.copyOf(filters);
    }

    /** Returns a target that says nothing of its own. */
    public static Target of(String upstream, int weight) {
      return new Target(
          upstream, weight, HeaderOps.NONE, Map.of(), Optional.empty(), LabelSet.NONE);
    }
  }

  /**
   * How long things may take.
   *
   * @param response from the end of the request to the end of the response; empty for none
   * @param idle without a byte in either direction; empty for the proxy's own
   * @param total from the head of the request; empty for none
   * @param grpcResponse bounds a gRPC caller's own {@code grpc-timeout}, which then counts in the
   *     place of {@code response}; zero does not bound it; empty for not heeding it
   * @param grpcTotal the same in the place of {@code total}
   */
  public record Timeouts(
      Optional<Duration> response,
      Optional<Duration> idle,
      Optional<Duration> total,
      Optional<Duration> grpcResponse,
      Optional<Duration> grpcTotal) {
    /** Returns a bound of the response alone. */
    public static Timeouts of(Optional<Duration> response) {
      return new Timeouts(
          response, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }
  }

  /** What becomes of the path. */
  public sealed interface PathRewrite {
    /** Nothing. */
    record Keep() implements PathRewrite {}

    /** The matched part is replaced. */
    record Matched(String by) implements PathRewrite {}

    /** Matches of an expression in the path without its query are replaced. */
    record Regex(Replacement replacement) implements PathRewrite {}

    /** All of it is replaced; it may bring a query of its own. */
    record Whole(String by) implements PathRewrite {}
  }

  /** What becomes of the authority. */
  public sealed interface HostRewrite {
    /** Nothing. */
    record Keep() implements HostRewrite {}

    /**
     * It is replaced.
     *
     * @param forwarded whether the one before is told in {@code x-forwarded-host}
     */
    record Literal(String by, boolean forwarded) implements HostRewrite {}

    /** It is replaced by a header's value, if that is there. */
    record FromHeader(String name, boolean forwarded) implements HostRewrite {}

    /** It is replaced by what an expression makes of the path without its query. */
    record FromPath(Replacement replacement, boolean forwarded) implements HostRewrite {}

    /** It is replaced by the name of the endpoint, if that has one. */
    record OfEndpoint(boolean forwarded) implements HostRewrite {}
  }

  /**
   * A copy of some requests, whose answers nobody reads.
   *
   * @param suffix whether the authority gets {@code -shadow}
   */
  public record Mirror(String upstream, Fraction share, boolean suffix) {}

  /** Whether {@code x-envoy-attempt-count} is told. */
  public record AttemptCount(boolean inRequest, boolean inResponse) {
    /** It is not told. */
    public static final AttemptCount UNTOLD = new AttemptCount(false, false);
  }
}
