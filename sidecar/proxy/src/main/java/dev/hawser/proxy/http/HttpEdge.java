package dev.hawser.proxy.http;

import dev.hawser.proxy.normalise.PathRules;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What a listener says about messages as such, before any policy looks at a request.
 *
 * @param paths how a path is brought into one form
 * @param upgrades protocols to which a connection may go on (RFC 9110 section 7.8, RFC 8441), in
 *     lower case, e.g. {@code websocket}; and {@link #CONNECT} if that may be asked for
 * @param underscores what becomes of fields whose names have an underscore
 * @param bounds where they differ from the proxy's own
 */
public record HttpEdge(
    PathRules paths, Set<String> upgrades, Underscores underscores, Bounds bounds) {
  /** Leaves paths as they are, allows no upgrade, and has the proxy's own limits. */
  public static final HttpEdge DEFAULT =
      new HttpEdge(PathRules.NONE, Set.of(), Underscores.ALLOW, Bounds.USUAL);

  /** Stands among the upgrades for tunnels of RFC 9110 section 9.3.6. */
  public static final String CONNECT = "connect";

  public HttpEdge {
    upgrades = Set.copyOf(upgrades);
  }

  boolean takesConnect() {
    return upgrades.contains(CONNECT);
  }

  /** Whether any protocol may take the place of HTTP. */
  boolean takesUpgrades() {
    return upgrades.size() > (takesConnect() ? 1 : 0);
  }

  /**
   * Whether a protocol may take the place of HTTP.
   *
   * @param protocol in lower case
   */
  boolean takesUpgrade(String protocol) {
    return upgrades.contains(protocol) && !protocol.equals(CONNECT);
  }

  /** What becomes of fields that some applications take for others with a dash. */
  public enum Underscores {
    ALLOW,
    /** The request is answered 400. */
    REJECT,
    /** The field is left out. */
    DROP
  }

  /**
   * Limits of a listener.
   *
   * @param headBytes of one message's head
   * @param headerCount fields in one head
   * @param headTimeout from the first byte of a head to its last
   * @param requestTimeout from the first byte of a request to its last
   * @param idleTimeout of a connection without a request
   * @param maxDuration of a connection, after which it ends calmly
   * @param concurrentStreams of one HTTP/2 connection
   * @param connectionWindow bytes on their way to us on one HTTP/2 connection
   */
  public record Bounds(
      Optional<Integer> headBytes,
      Optional<Integer> headerCount,
      Optional<Duration> headTimeout,
      Optional<Duration> requestTimeout,
      Optional<Duration> idleTimeout,
      Optional<Duration> maxDuration,
      Optional<Integer> concurrentStreams,
      Optional<Integer> connectionWindow) {
    /** Says nothing. */
    public static final Bounds USUAL =
        new Bounds(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /** Returns the proxy's limits with these in their place. */
    public HttpLimits over(HttpLimits usual) {
      return new HttpLimits(
          headBytes.orElse(usual.headBytes()),
          headerCount.orElse(usual.headerCount()),
          headTimeout.orElse(usual.headTimeout()),
          requestTimeout.orElse(usual.requestTimeout()),
          idleTimeout.orElse(usual.idleTimeout()),
          maxDuration.orElse(usual.maxDuration()),
          concurrentStreams.orElse(usual.concurrentStreams()),
          usual.resetsPerWindow(),
          usual.resetsPerSecond(),
          connectionWindow.orElse(usual.connectionWindow()));
    }
  }
}
