package dev.hawser.proxy.model;

import java.time.Duration;

/**
 * When an instance that answers badly is left out for a while.
 *
 * @param consecutive5xx errors in a row, of any kind; 0 switches it off
 * @param consecutiveGatewayFailures 502, 503, 504 and failures to get an answer, in a row; 0
 *     switches it off
 * @param baseEjectionTime times the number of ejections so far
 * @param maxEjectionTime bounds it
 * @param maxEjectionPercent of an upstream's instances
 */
public record OutlierPolicy(
    int consecutive5xx,
    int consecutiveGatewayFailures,
    Duration baseEjectionTime,
    Duration maxEjectionTime,
    int maxEjectionPercent) {
  /** Returns five in a row of either kind, 10 s at first, at most 30 s, up to all instances. */
  public static OutlierPolicy defaults() {
    return new OutlierPolicy(5, 5, Duration.ofSeconds(10), Duration.ofSeconds(30), 100);
  }

  /** Returns a policy that never ejects. */
  public static OutlierPolicy off() {
    return new OutlierPolicy(0, 0, Duration.ofSeconds(10), Duration.ofSeconds(30), 0);
  }
}
