package dev.hawser.proxy.http;

import java.time.Duration;

/**
 * What a peer may make us hold or wait for.
 *
 * @param headBytes of one message's head, also of its trailers
 * @param headerCount fields in one head
 * @param headTimeout from the first byte of a head to its last
 * @param requestTimeout from the first byte of a request to its last; zero for no limit
 * @param idleTimeout of a connection without a request
 * @param maxDuration of a connection, after which it ends calmly; zero for no limit
 * @param concurrentStreams of one HTTP/2 connection
 * @param resetsPerWindow streams that a peer may reset in 30 seconds on one HTTP/2 connection
 * @param resetsPerSecond streams that may be reset on one HTTP/2 connection in the long run; its
 *     peer waits when there are more. 0 for any number, where one connection carries the requests
 *     of many
 * @param connectionWindow bytes that a peer may send on one HTTP/2 connection before it hears of us
 *     again, at least 65,535
 */
public record HttpLimits(
    int headBytes,
    int headerCount,
    Duration headTimeout,
    Duration requestTimeout,
    Duration idleTimeout,
    Duration maxDuration,
    int concurrentStreams,
    int resetsPerWindow,
    int resetsPerSecond,
    int connectionWindow) {
  /**
   * It bounds what is on its way, not what is held: that is what the streams' own windows do. So it
   * is as large as a fast and far connection needs: a gigabit over 130 ms.
   */
  private static final int CONNECTION_WINDOW = 16 * 1024 * 1024;

  /**
   * Returns 60 KiB and 100 fields a head, 10 s for it, 5 min idle, 100 streams and as many resets a
   * second, 16 MiB on their way.
   */
  public static HttpLimits defaults() {
    return new HttpLimits(
        60 * 1024,
        100,
        Duration.ofSeconds(10),
        Duration.ZERO,
        Duration.ofMinutes(5),
        Duration.ZERO,
        100,
        3000,
        100,
        CONNECTION_WINDOW);
  }

  /** Returns the same with another limit of streams. */
  public HttpLimits withConcurrentStreams(int value) {
    return new HttpLimits(
        headBytes,
        headerCount,
        headTimeout,
        requestTimeout,
        idleTimeout,
        maxDuration,
        value,
        resetsPerWindow,
        resetsPerSecond,
        connectionWindow);
  }

  /** Returns the same with other times. */
  public HttpLimits withTimeouts(Duration head, Duration idle) {
    return new HttpLimits(
        headBytes,
        headerCount,
        head,
        requestTimeout,
        idle,
        maxDuration,
        concurrentStreams,
        resetsPerWindow,
        resetsPerSecond,
        connectionWindow);
  }

  /** Returns the same with another window of connections. */
  public HttpLimits withConnectionWindow(int value) {
    return new HttpLimits(
        headBytes,
        headerCount,
        headTimeout,
        requestTimeout,
        idleTimeout,
        maxDuration,
        concurrentStreams,
        resetsPerWindow,
        resetsPerSecond,
        value);
  }

  /** Returns the same for a connection that carries the requests of many. */
  public HttpLimits withAnyResets() {
    return new HttpLimits(
        headBytes,
        headerCount,
        headTimeout,
        requestTimeout,
        idleTimeout,
        maxDuration,
        concurrentStreams,
        resetsPerWindow,
        0,
        connectionWindow);
  }
}
