package dev.hawser.proxy.model;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What of a request says which endpoint it goes to.
 *
 * @param policies whose hashes are combined in this order; none hashes nothing
 */
public record Stickiness(List<Policy> policies) {
  /** Nothing says it. */
  public static final Stickiness NONE = new Stickiness(List.of());

  public Stickiness {
    policies = List.copyOf(policies);
  }

  /**
   * A part of the request.
   *
   * @param terminal whether the rest is left out once there is a hash
   */
  public record Policy(Source source, boolean terminal) {}

  /** Where a hash comes from. */
  public sealed interface Source {
    /** A header. */
    record Header(String name) implements Source {}

    /** A parameter of the query. */
    record Query(String name) implements Source {}

    /** The address that the connection came from. */
    record Address() implements Source {}

    /**
     * A cookie.
     *
     * @param ttl with which one is made if there is none; zero for the caller's session; empty for
     *     making none
     * @param path of one that is made; empty for none
     * @param attributes of one that is made; an empty value is left out
     */
    record Cookie(String name, Optional<Duration> ttl, String path, Map<String, String> attributes)
        implements Source {
      public Cookie {
        attributes = Map.copyOf(attributes);
      }
    }
  }
}
