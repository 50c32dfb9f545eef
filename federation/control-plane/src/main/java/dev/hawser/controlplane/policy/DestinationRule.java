package dev.hawser.controlplane.policy;

import dev.hawser.api.naming.ServiceName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How callers treat the endpoints of one service.
 *
 * @param outliers empty if the document says nothing: the mesh's own defaults apply
 */
public record DestinationRule(
    PolicyKey key,
    ServiceName host,
    Instant created,
    Balancer balancer,
    LocalityBalancing localities,
    Optional<OutlierDetection> outliers,
    ConnectionPool pool,
    String document)
    implements Policy {
  /** How one of several endpoints is chosen. */
  public enum Balancer {
    /** What the mesh does by itself. */
    DEFAULT,
    ROUND_ROBIN,
    LEAST_REQUEST,
    RANDOM
  }

  /**
   * What the places of endpoints mean.
   *
   * @param preferNearest whether endpoints of the caller's zone and region come before others of
   *     the same cluster
   */
  public record LocalityBalancing(
      boolean preferNearest, List<Distribute> distribute, List<Failover> failover) {
    /** Nothing is said about localities. */
    public static final LocalityBalancing NONE = new LocalityBalancing(false, List.of(), List.of());

    public LocalityBalancing {
      distribute = List.copyOf(distribute);
      failover = List.copyOf(failover);
    }
  }

  /**
   * Where the traffic of one place goes.
   *
   * @param to shares that add up to 100
   */
  public record Distribute(LocalityPattern from, List<Share> to) {
    public Distribute {
      to = List.copyOf(to);
    }
  }

  /** A part of the traffic, in percent. */
  public record Share(LocalityPattern to, int percent) {}

  /** Where the traffic of a region goes when the region has nothing left. */
  public record Failover(String fromRegion, String toRegion) {}

  /** When an endpoint is left out for a while; an absent field has the mesh's default. */
  public record OutlierDetection(
      OptionalInt consecutive5xx,
      OptionalInt consecutiveGatewayErrors,
      Optional<Duration> interval,
      Optional<Duration> baseEjectionTime,
      OptionalInt maxEjectionPercent) {}

  /** The limits of a caller towards the service; an absent field has the mesh's default. */
  public record ConnectionPool(
      OptionalInt maxConnections,
      Optional<Duration> connectTimeout,
      OptionalInt maxPendingRequests,
      OptionalInt maxRequests,
      OptionalInt maxRequestsPerConnection,
      OptionalInt maxRetries) {
    /** Nothing is said about limits. */
    public static final ConnectionPool NONE =
        new ConnectionPool(
            OptionalInt.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty());
  }

  @Override
  public List<ServiceName> services() {
    return List.of(host);
  }
}
