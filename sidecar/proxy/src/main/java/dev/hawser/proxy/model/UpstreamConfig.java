package dev.hawser.proxy.model;

import dev.hawser.proxy.http.Pings;
import dev.hawser.trust.spiffe.SpiffeId;
import java.security.cert.X509Certificate;
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
 * @param pings of HTTP/2 connections that are silent
 * @param idleTimeout of a connection without a request
 * @param connections what else bounds a connection
 * @param checks that ask every endpoint; none relies on what requests meet
 * @param stability how long something that comes back must be healthy before it gets traffic
 */
public record UpstreamConfig(
    String name,
    Endpoints endpoints,
    Duration connectTimeout,
    Balancing balancing,
    Security security,
    Protocol protocol,
    Pings pings,
    Optional<Duration> idleTimeout,
    OutlierPolicy outliers,
    Limits limits,
    ConnectionRules connections,
    List<HealthCheck> checks,
    Duration stability,
    Destination destination) {
  public UpstreamConfig {
    checks = List.copyOf(checks);
  }

  /** Where its endpoints come from. */
  public sealed interface Endpoints {
    /** From a resource of their own, by this name. */
    record Discovered(String serviceName) implements Endpoints {}

    /** They are these. */
    record Fixed(EndpointSet set) implements Endpoints {}

    /**
     * Each request, or connection of bytes, goes where it was going before it was redirected here.
     *
     * @param header whose value says where to instead, if it is there
     * @param port instead of the one it was going to
     * @param idle after which an address that nobody goes to is forgotten
     */
    record Original(Optional<String> header, Optional<Integer> port, Duration idle)
        implements Endpoints {}
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

    /**
     * TLS to servers outside the mesh, which show a certificate for their name.
     *
     * @param authorities that are trusted; none for those of the platform
     * @param serverName that the certificate must have; empty for the host name of the endpoint
     * @param alpn offered, in order of preference
     */
    record Web(List<X509Certificate> authorities, String serverName, List<String> alpn)
        implements Security {
      public Web {
        authorities = List.copyOf(authorities);
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
   * What it may take of us, over all workers; what is more is answered with 503 and the flag UO.
   *
   * @param maxConnections to all endpoints; each worker may have one to each endpoint all the same
   * @param maxConnectionsPerEndpoint of one worker
   * @param maxPending requests that wait for a connection
   * @param maxRequests at work at once
   * @param maxRetries at work at once; without meaning if there is a budget
   * @param maxPools of connections: one for each worker and endpoint
   * @param budget bounds retries by the requests at work; without one, a worker retries at most a
   *     fifth of its requests of the last 10 s, and 100
   */
  public record Limits(
      int maxConnections,
      int maxConnectionsPerEndpoint,
      int maxPending,
      int maxRequests,
      int maxRetries,
      int maxPools,
      Optional<Budget> budget) {
    /** Returns room for everything that a machine can do. */
    public static Limits defaults() {
      return new Limits(65_536, 1024, 65_536, 65_536, 65_536, Integer.MAX_VALUE, Optional.empty());
    }
  }

  /**
   * How many retries may be at work.
   *
   * @param percent of the requests at work
   * @param minRetries that are always allowed
   */
  public record Budget(double percent, int minRetries) {}

  /**
   * What bounds one connection.
   *
   * @param maxRequests it takes until another one is opened; 0 for any number
   * @param maxDuration after which it takes no more
   * @param bufferBytes that wait to be sent before senders are told to wait; 0 for our own
   * @param keepAlive probes of TCP
   * @param window bytes on their way to us on a connection of HTTP/2; 0 for our own
   */
  public record ConnectionRules(
      int maxRequests,
      Optional<Duration> maxDuration,
      int bufferBytes,
      Optional<TcpKeepAlive> keepAlive,
      int window) {
    /** Returns none. */
    public static ConnectionRules none() {
      return new ConnectionRules(0, Optional.empty(), 0, Optional.empty(), 0);
    }
  }

  /**
   * Probes of an idle connection; 0 leaves a value to the system.
   *
   * @param probes without an answer until it is dead
   * @param idleSeconds before the first
   * @param intervalSeconds between two
   */
  public record TcpKeepAlive(int probes, int idleSeconds, int intervalSeconds) {}

  /**
   * Whom requests are for, in metrics and logs.
   *
   * @param service name without namespace; may be empty
   * @param port of the service; 0 if unknown
   * @param statName under which figures stand, if not under the resource's own name
   */
  public record Destination(String service, String namespace, int port, Optional<String> statName) {
    /** Makes one whose figures stand under the resource's own name. */
    public Destination(String service, String namespace, int port) {
      this(service, namespace, port, Optional.empty());
    }
  }
}
