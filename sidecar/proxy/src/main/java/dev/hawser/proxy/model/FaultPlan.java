package dev.hawser.proxy.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Faults that are made on purpose.
 *
 * @param headers only requests that pass all of these
 * @param maxActive requests at once that a fault is made for; more are left alone
 */
public record FaultPlan(
    Optional<Delay> delay, Optional<Abort> abort, List<FieldMatch> headers, int maxActive) {
  public FaultPlan {
    headers = List.copyOf(headers);
  }

  /**
   * Requests wait.
   *
   * @param fixed empty if {@code x-envoy-fault-delay-request} says how long, in milliseconds
   */
  public record Delay(Optional<Duration> fixed, Fraction share) {}

  /**
   * Requests are answered with an error.
   *
   * @param with empty if {@code x-envoy-fault-abort-request} or {@code
   *     x-envoy-fault-abort-grpc-request} says with what
   */
  public record Abort(Optional<Status> with, Fraction share) {}

  /**
   * How an error is told.
   *
   * @param http 200-599
   * @param grpc -1 for what {@code http} means there
   */
  public record Status(int http, int grpc) {}
}
