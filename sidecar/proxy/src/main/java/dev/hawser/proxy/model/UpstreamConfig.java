package dev.hawser.proxy.model;

import dev.hawser.trust.spiffe.SpiffeId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How to reach one port of one service: an xDS cluster.
 *
 * @param name the resource's name, e.g. {@code orders.shop:8080} or {@code
 *     inbound|8080|orders.shop}
 * @param connectTimeout for TCP, and again for the TLS handshake
 * @param localityWeighted whether localities of one priority share by their weights
 * @param keepAliveInterval silence on an HTTP/2 connection before a ping; zero for never
 * @param keepAliveTimeout silence after it
 * @param idleTimeout of a connection without a request
 * @param stability how long something that comes back must be healthy before it gets traffic
 */
public record UpstreamConfig(
    String name,
    Endpoints endpoints,
    Duration connectTimeout,
    Policy policy,
    boolean localityWeighted,
    Security security,
    Protocol protocol,
    Duration keepAliveInterval,
    Duration keepAliveTimeout,
    Optional<Duration> idleTimeout,
    OutlierPolicy outliers,
    Limits limits,
    Duration stability,
    Destination destination) {

  /** Where its endpoints come from. */
  public sealed interface Endpoints {
    /** From a resource of their own, by this name. */
    record Discovered(String serviceName) implements Endpoints {}

    /** They are these. */
    record Fixed(EndpointSet set) implements Endpoints {}
  }

  /** How an endpoint is chosen. */
  public enum Policy {
    ROUND_ROBIN,
    /** The better of two chosen at random. */
    LEAST_REQUEST,
    RANDOM
  }

  /** How connections are secured. */
  public sealed interface Security {
    /** Not at all: the workload's own application. */
    record Plaintext() implements Security {}

    /**
     * Mutual TLS of the mesh.
     *
     * @param identities that may serve, at least one
     * @param alpn offered, in order of preference
     */
    record MutualTls(Set<SpiffeId> identities, List<String> alpn) implements Security {
      public MutualTls {
        identities = Set.copyOf(identities);
        alpn = List.copyOf(alpn);
      }
    }
  }

  /** What is spoken on its connections. */
  public enum Protocol {
    HTTP1,
    HTTP2,
    /** Bytes. */
    TCP
  }

  /**
   * What it may take of us.
   *
   * @param maxConnections per worker and endpoint
   * @param maxPending requests that wait for a connection, per worker and endpoint
   * @param maxRequests at work at once
   * @param maxRetries at work at once
   * @param retryPercent of a worker's requests of the last 10 s that it may retry
   * @param retryFloor retries in 10 s that each worker is always allowed
   */
  public record Limits(
      int maxConnections,
      int maxPending,
      int maxRequests,
      int maxRetries,
      int retryPercent,
      int retryFloor) {
    /** Returns 1024 connections, room for many streams, 20 percent and 100 retries. */
    public static Limits defaults() {
      return new Limits(1024, 4096, 65_536, 65_536, 20, 100);
    }
  }

  /**
   * Whom requests are for, in metrics and logs.
   *
   * @param service name without namespace; may be empty
   * @param port of the service; 0 if unknown
   */
  public record Destination(String service, String namespace, int port) {}
}
