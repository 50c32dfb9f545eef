package dev.hawser.proxy.model;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What may be tried again.
 *
 * @param retries after the first try
 * @param perTryTimeout from the beginning of a try to the head of its response
 * @param statuses that are tried again when {@link Condition#STATUSES} is set
 */
public record RetryRule(
    Set<Condition> on, int retries, Optional<Duration> perTryTimeout, Set<Integer> statuses) {
  /** What a try may have ended with, in Envoy's words. */
  public enum Condition {
    /** {@code connect-failure}: no connection came about. */
    CONNECT_FAILURE,
    /** {@code refused-stream}: the peer has not processed it. */
    REFUSED_STREAM,
    /** {@code reset}: no response head came, for whatever reason. */
    RESET,
    /** {@code gateway-error}: 502, 503, 504. */
    GATEWAY_ERROR,
    /** {@code 5xx}: any of them, and everything that {@code reset} means. */
    SERVER_ERROR,
    /** {@code retriable-status-codes}: those listed. */
    STATUSES
  }

  public RetryRule {
    on = Set.copyOf(on);
    statuses = Set.copyOf(statuses);
  }

  /** Returns a rule that tries nothing again. */
  public static RetryRule none() {
    return new RetryRule(Set.of(), 0, Optional.empty(), Set.of());
  }

  /** Whether a response with this status may be discarded and the request tried again. */
  public boolean retries(int status) {
    return (on.contains(Condition.SERVER_ERROR) && status >= 500)
        || (on.contains(Condition.GATEWAY_ERROR) && status >= 502 && status <= 504)
        || (on.contains(Condition.STATUSES) && statuses.contains(status));
  }
}
