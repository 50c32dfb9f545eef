package dev.hawser.proxy.codec;

import com.google.protobuf.UInt32Value;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.OutlierPolicy;
import dev.hawser.proxy.model.UpstreamConfig;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.OutlierDetection;
import io.envoyproxy.envoy.config.core.v3.RoutingPriority;
import java.time.Duration;

/** Reads what an upstream may take of us, and when its endpoints are left out. */
final class LimitCodec {
  private static final Duration DEFAULT_BASE_EJECTION = Duration.ofSeconds(30);
  private static final Duration DEFAULT_MAX_EJECTION = Duration.ofMinutes(5);
  private static final int DEFAULT_CONSECUTIVE = 5;
  private static final int DEFAULT_MAX_EJECTION_PERCENT = 10;
  private static final int ALL = 100;

  private LimitCodec() {}

  static UpstreamConfig.Limits limits(String path, CircuitBreakers breakers)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(path, breakers, "thresholds");
    UpstreamConfig.Limits limits = UpstreamConfig.Limits.defaults();
    for (int i = 0; i < breakers.getThresholdsCount(); i++) {
      CircuitBreakers.Thresholds at = breakers.getThresholds(i);
      String name = path + ".thresholds[" + i + "]";
      SupportedFields.requireOnly(
          name,
          at,
          "priority",
          "max_connections",
          "max_pending_requests",
          "max_requests",
          "max_retries",
          "retry_budget");
      if (at.getPriority() != RoutingPriority.DEFAULT) {
        throw Fields.rejected(name + ".priority", at.getPriority() + " (expected: DEFAULT)");
      }
      SupportedFields.requireOnly(
          name + ".retry_budget", at.getRetryBudget(), "budget_percent", "min_retry_concurrency");
      limits =
          new UpstreamConfig.Limits(
              or(at.hasMaxConnections(), at.getMaxConnections(), limits.maxConnections()),
              or(at.hasMaxPendingRequests(), at.getMaxPendingRequests(), limits.maxPending()),
              or(at.hasMaxRequests(), at.getMaxRequests(), limits.maxRequests()),
              or(at.hasMaxRetries(), at.getMaxRetries(), limits.maxRetries()),
              at.getRetryBudget().hasBudgetPercent()
                  ? (int) Math.round(at.getRetryBudget().getBudgetPercent().getValue())
                  : limits.retryPercent(),
              or(
                  at.getRetryBudget().hasMinRetryConcurrency(),
                  at.getRetryBudget().getMinRetryConcurrency(),
                  limits.retryFloor()));
    }
    return limits;
  }

  private static int or(boolean present, UInt32Value value, int otherwise) {
    return present ? value.getValue() : otherwise;
  }

  static OutlierPolicy outliers(String path, OutlierDetection detection)
      throws ResourceRejectedException {
    // The interval is Envoy's sweep; here every answer is judged at once.
    SupportedFields.requireOnly(
        path,
        detection,
        "consecutive_5xx",
        "enforcing_consecutive_5xx",
        "consecutive_gateway_failure",
        "enforcing_consecutive_gateway_failure",
        "interval",
        "base_ejection_time",
        "max_ejection_time",
        "max_ejection_percent",
        "enforcing_success_rate");
    if (!detection.hasEnforcingSuccessRate()
        || detection.getEnforcingSuccessRate().getValue() != 0) {
      throw Fields.rejected(
          path + ".enforcing_success_rate", "not 0 (expected: 0, rates are not compared)");
    }
    Duration base =
        detection.hasBaseEjectionTime()
            ? Fields.duration(path + ".base_ejection_time", detection.getBaseEjectionTime())
            : DEFAULT_BASE_EJECTION;
    Duration most =
        detection.hasMaxEjectionTime()
            ? Fields.duration(path + ".max_ejection_time", detection.getMaxEjectionTime())
            : DEFAULT_MAX_EJECTION;
    return new OutlierPolicy(
        threshold(
            path + ".enforcing_consecutive_5xx",
            or(detection.hasConsecutive5Xx(), detection.getConsecutive5Xx(), DEFAULT_CONSECUTIVE),
            or(
                detection.hasEnforcingConsecutive5Xx(),
                detection.getEnforcingConsecutive5Xx(),
                ALL)),
        threshold(
            path + ".enforcing_consecutive_gateway_failure",
            or(
                detection.hasConsecutiveGatewayFailure(),
                detection.getConsecutiveGatewayFailure(),
                DEFAULT_CONSECUTIVE),
            or(
                detection.hasEnforcingConsecutiveGatewayFailure(),
                detection.getEnforcingConsecutiveGatewayFailure(),
                0)),
        base,
        most.compareTo(base) < 0 ? base : most,
        or(
            detection.hasMaxEjectionPercent(),
            detection.getMaxEjectionPercent(),
            DEFAULT_MAX_EJECTION_PERCENT));
  }

  /** Enforcing by chance would make the same fault have different ends. */
  private static int threshold(String path, int consecutive, int enforcing)
      throws ResourceRejectedException {
    if (enforcing != 0 && enforcing != ALL) {
      throw Fields.rejected(path, enforcing + " (expected: 0 or 100)");
    }
    return enforcing == 0 ? 0 : consecutive;
  }
}
