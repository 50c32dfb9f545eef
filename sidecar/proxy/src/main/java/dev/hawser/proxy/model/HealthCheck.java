package dev.hawser.proxy.model;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks endpoints regularly whether they are well.
 *
 * @param timeout for connection and answer together
 * @param unhealthyThreshold failures in a row until it is left out
 * @param healthyThreshold successes in a row until it is back
 */
public record HealthCheck(
    Kind kind, Duration timeout, Pace pace, int unhealthyThreshold, int healthyThreshold) {
  public HealthCheck {
    if (unhealthyThreshold < 1 || healthyThreshold < 1 || !timeout.isPositive()) {
      throw new IllegalArgumentException(
          "timeout "
              + timeout
              + ", thresholds "
              + unhealthyThreshold
              + " and "
              + healthyThreshold
              + " (expected: all above 0)");
    }
  }

  /**
   * How often.
   *
   * @param interval of a healthy one
   * @param unhealthy of one that is left out
   * @param toUnhealthy the pause after a failure that is not yet enough to leave it out
   * @param toHealthy the pause after a success that is not yet enough to bring it back
   * @param noTraffic of one that is not well, while the upstream has had no request
   * @param noTrafficHealthy the same, of a healthy one
   * @param initialJitter at most so much before the first
   * @param jitter at most so much is added
   * @param jitterPercent of the interval that is added at most
   */
  public record Pace(
      Duration interval,
      Duration unhealthy,
      Duration toUnhealthy,
      Duration toHealthy,
      Duration noTraffic,
      Duration noTrafficHealthy,
      Duration initialJitter,
      Duration jitter,
      int jitterPercent) {
    public Pace {
      if (!interval.isPositive()) {
        throw new IllegalArgumentException("interval: " + interval + " (expected: above 0)");
      }
    }

    /** Returns one that is always the same. */
    public static Pace every(Duration interval) {
      return new Pace(
          interval,
          interval,
          interval,
          interval,
          interval,
          interval,
          Duration.ZERO,
          Duration.ZERO,
          0);
    }
  }

  /** What is asked. */
  public sealed interface Kind {
    /**
     * A request of HTTP.
     *
     * @param host sent as authority; empty for the endpoint's server name or the upstream's name
     * @param http2 what is spoken; without it HTTP/1.1
     * @param expected what is well; at first only 200
     * @param retriable what counts as one failure among those of the threshold; others at once
     */
    record Http(
        String method,
        String host,
        String path,
        boolean http2,
        Map<String, String> headers,
        List<StatusRange> expected,
        List<StatusRange> retriable)
        implements Kind {
      public Http {
        headers = Map.copyOf(headers);
        expected = List.copyOf(expected);
        retriable = List.copyOf(retriable);
      }
    }

    /**
     * The health service of gRPC ({@code grpc.health.v1}).
     *
     * @param service asked about; empty for the whole server
     * @param authority empty for the endpoint's server name or the upstream's name
     */
    record Grpc(String service, String authority, Map<String, String> metadata) implements Kind {
      public Grpc {
        metadata = Map.copyOf(metadata);
      }
    }

    /**
     * Bytes.
     *
     * @param send empty only connects
     * @param receive that must come, in this order, with anything between them
     */
    record Tcp(Optional<Bytes> send, List<Bytes> receive) implements Kind {
      public Tcp {
        receive = List.copyOf(receive);
      }
    }
  }

  /** From the first to before the last. */
  public record StatusRange(int from, int before) {
    /** Whether the status lies in one of them. */
    public static boolean anyHas(List<StatusRange> ranges, int status) {
      return ranges.stream().anyMatch(r -> status >= r.from() && status < r.before());
    }
  }

  /** A piece of bytes, in hexadecimal digits. */
  public record Bytes(String hex) {
    public Bytes {
      hex = java.util.HexFormat.of().formatHex(java.util.HexFormat.of().parseHex(hex));
    }

    /** Returns the bytes. */
    public byte[] toArray() {
      return java.util.HexFormat.of().parseHex(hex);
    }
  }
}
