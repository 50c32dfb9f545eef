package dev.hawser.proxy.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What may be tried again.
 *
 * @param retries after the first try
 * @param perTryTimeout from the end of the request to the head of the response of one try
 * @param perTryIdle without a sign of life of one try
 * @param statuses that are tried again when {@link Condition#STATUSES} is set
 * @param grpcStatuses that are tried again when they come in the place of a response
 * @param headers of a response of which one must pass when {@link Condition#HEADERS} is set
 * @param requestHeaders of which one must pass for anything to be tried again; none asks nothing
 * @param backOff before each further try; without one, another endpoint is tried at once
 * @param rateLimited what a response says about when to come back
 * @param priorityRounds after so many tries, the priorities of all of them are avoided; 0 for never
 */
public record RetryRule(
    Set<Condition> on,
    int retries,
    Optional<Duration> perTryTimeout,
    Optional<Duration> perTryIdle,
    Set<Integer> statuses,
    Set<Integer> grpcStatuses,
    List<FieldMatch> headers,
    List<FieldMatch> requestHeaders,
    Optional<BackOff> backOff,
    Optional<RateLimited> rateLimited,
    int priorityRounds) {
  /** What a try may have ended with, in Envoy's words. */
  public enum Condition {
    /** {@code connect-failure}: no connection came about. */
    CONNECT_FAILURE,
    /** {@code refused-stream}: the peer has not processed it. */
    REFUSED_STREAM,
    /** {@code reset}: no response head came, for whatever reason. */
    RESET,
    /** {@code reset-before-request}: none came, and nothing of the request had been sent. */
    RESET_BEFORE_REQUEST,
    /**
     * A kept connection ended as the request came. No message of Envoy means it: an application was
     * not asked, as far as anybody can tell.
     */
    FORGOTTEN,
    /** {@code gateway-error}: 502, 503, 504, and everything that {@code reset} means. */
    GATEWAY_ERROR,
    /** {@code 5xx}: any of them, and everything that {@code reset} means. */
    SERVER_ERROR,
    /** {@code retriable-4xx}: 409. */
    RETRIABLE_4XX,
    /** {@code envoy-ratelimited}: a proxy on the way limits the rate and says so. */
    RATE_LIMITED,
    /** {@code retriable-status-codes}: those listed. */
    STATUSES,
    /** {@code retriable-headers}: those listed. */
    HEADERS
  }

  /**
   * A pause that doubles with each try, of which a random part is waited.
   *
   * @param base of the first
   * @param max of any
   */
  public record BackOff(Duration base, Duration max) {}

  /**
   * A pause that the response asks for.
   *
   * @param headers the first that is there and can be read counts
   * @param max of a pause; a longer one is not heeded
   */
  public record RateLimited(List<ResetHeader> headers, Duration max) {
    public RateLimited {
      headers = List.copyOf(headers);
    }
  }

  /**
   * Says when to come back.
   *
   * @param unixTime whether it is seconds since 1970 instead of seconds from now
   */
  public record ResetHeader(String name, boolean unixTime) {}

  /** Makes a rule of what most rules say. */
  public RetryRule(
      Set<Condition> on, int retries, Optional<Duration> perTryTimeout, Set<Integer> statuses) {
    this(
        on,
        retries,
        perTryTimeout,
        Optional.empty(),
        statuses,
        Set.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        0);
  }

  public RetryRule {
    on = Set.copyOf(on);
    statuses = Set.copyOf(statuses);
    grpcStatuses = Set.copyOf(grpcStatuses);
    headers = List.copyOf(headers);
    requestHeaders = List.copyOf(requestHeaders);
  }

  /** Returns a rule that tries nothing again. */
  public static RetryRule none() {
    return new RetryRule(Set.of(), 0, Optional.empty(), Set.of());
  }

  /** Whether a response with this status may be discarded and the request tried again. */
  public boolean retries(int status) {
    return (on.contains(Condition.SERVER_ERROR) && status >= 500)
        || (on.contains(Condition.GATEWAY_ERROR) && status >= 502 && status <= 504)
        || (on.contains(Condition.RETRIABLE_4XX) && status == 409)
        || (on.contains(Condition.STATUSES) && statuses.contains(status));
  }
}
