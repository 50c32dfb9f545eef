package dev.hawser.proxy.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What is said about rates of requests. */
public final class RateLimits {
  private RateLimits() {}

  /**
   * Makes a descriptor of a request: all its actions, or none.
   *
   * @param stage of the filter that it is for
   */
  public record Rule(int stage, List<Action> actions) {
    public Rule {
      actions = List.copyOf(actions);
    }
  }

  /** Makes one entry of a descriptor. */
  public sealed interface Action {
    /** A header's value; if it is absent the entry is left out, or the whole descriptor. */
    record Header(String name, String key, boolean skipIfAbsent) implements Action {}

    /** Where the connection comes from. */
    record RemoteAddress() implements Action {}

    /** Always the same. */
    record Fixed(String key, String value) implements Action {}

    /** Always the same, if all headers pass, or not all of them. */
    record IfHeaders(String key, String value, boolean wanted, List<FieldMatch> headers)
        implements Action {
      public IfHeaders {
        headers = List.copyOf(headers);
      }
    }

    /** Always the same, if all query parameters pass, or not all of them. */
    record IfQuery(String key, String value, boolean wanted, List<FieldMatch> parameters)
        implements Action {
      public IfQuery {
        parameters = List.copyOf(parameters);
      }
    }

    /** What a filter has said. */
    record Said(String key, String namespace, List<String> path, String otherwise)
        implements Action {
      public Said {
        path = List.copyOf(path);
      }
    }
  }

  /** A part of a descriptor. */
  public record Entry(String key, String value) {}

  /**
   * Tokens, of which a request takes one.
   *
   * @param max tokens that it holds, and holds at first
   * @param perFill tokens added
   * @param interval between two fills, at least 50 ms
   */
  public record Bucket(int max, int perFill, Duration interval) {}

  /** A bucket for requests with a descriptor. */
  public record Described(List<Entry> entries, Bucket bucket) {
    public Described {
      entries = List.copyOf(entries);
    }
  }

  /**
   * Limits that this proxy keeps by itself ({@code envoy.filters.http.local_ratelimit}).
   *
   * @param bucket of all requests; empty if there are only descriptors
   * @param enabled share of requests that are looked at
   * @param enforced share of those over the limit that are refused
   * @param alwaysTakes whether a request with a descriptor takes from the common bucket too
   * @param tellsLimits whether responses have {@code x-ratelimit-*}
   * @param exhausted whether gRPC is answered RESOURCE_EXHAUSTED instead of UNAVAILABLE
   * @param rules instead of those of the route, if there are any
   */
  public record Local(
      Optional<Bucket> bucket,
      List<Described> described,
      int stage,
      Fraction enabled,
      Fraction enforced,
      int status,
      List<HeaderOp> whenNotEnforced,
      List<HeaderOp> response,
      boolean alwaysTakes,
      boolean tellsLimits,
      boolean exhausted,
      List<Rule> rules) {
    public Local {
      described = List.copyOf(described);
      whenNotEnforced = List.copyOf(whenNotEnforced);
      response = List.copyOf(response);
      rules = List.copyOf(rules);
    }
  }

  /**
   * Limits that a service keeps for many proxies ({@code envoy.filters.http.ratelimit}).
   *
   * @param upstream of the service
   * @param denies whether requests are refused when the service gives no answer
   * @param statusOnError with which they are refused then
   * @param tellsLimited whether refused ones have {@code x-envoy-ratelimited}
   */
  public record Service(
      String domain,
      int stage,
      String upstream,
      Duration timeout,
      boolean denies,
      int status,
      int statusOnError,
      boolean tellsLimits,
      boolean tellsLimited,
      boolean exhausted,
      List<HeaderOp> response) {
    public Service {
      response = List.copyOf(response);
    }
  }
}
