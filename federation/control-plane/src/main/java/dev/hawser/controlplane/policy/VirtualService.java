package dev.hawser.controlplane.policy;

import dev.hawser.api.naming.ServiceName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where requests for a service go, and for how long.
 *
 * @param hosts at least one
 * @param http in order: the first rule that matches a request decides
 */
public record VirtualService(
    PolicyKey key, List<ServiceName> hosts, Instant created, List<HttpRule> http, String document)
    implements Policy {
  public VirtualService {
    hosts = List.copyOf(hosts);
    http = List.copyOf(http);
  }

  /**
   * One rule.
   *
   * @param name as in the document; may be empty
   * @param matches any of them; none means every request
   * @param destinations at least one; weights add up to more than 0
   * @param timeout of the whole request with its retries; 0 means none
   */
  public record HttpRule(
      String name,
      List<HttpMatch> matches,
      List<Destination> destinations,
      Optional<Duration> timeout,
      Optional<Retries> retries) {
    public HttpRule {
      matches = List.copyOf(matches);
      destinations = List.copyOf(destinations);
    }
  }

  /**
   * What a request must be; all of it.
   *
   * @param port of the service that is called, or empty for every port
   */
  public record HttpMatch(Optional<PathMatch> path, List<HeaderMatch> headers, OptionalInt port) {
    public HttpMatch {
      headers = List.copyOf(headers);
    }
  }

  /** The path of a request without its query. */
  public sealed interface PathMatch {
    /** The same octets. */
    record Exact(String path) implements PathMatch {}

    /** Begins with these octets. */
    record Prefix(String prefix) implements PathMatch {}
  }

  /** A header with exactly this value; {@code name} is lower case. */
  public record HeaderMatch(String name, String value) {}

  /**
   * A service that gets a share of the requests.
   *
   * @param port of that service, or empty for the one that was called
   * @param weight relative to the others of the rule, 0 or more
   */
  public record Destination(ServiceName service, OptionalInt port, int weight) {}

  /**
   * How a failed request is tried again.
   *
   * @param attempts after the first, 0 or more
   * @param retryOn Envoy's words; empty for the mesh's default
   */
  public record Retries(int attempts, Optional<Duration> perTryTimeout, List<String> retryOn) {
    public Retries {
      retryOn = List.copyOf(retryOn);
    }
  }

  @Override
  public List<ServiceName> services() {
    return hosts;
  }
}
