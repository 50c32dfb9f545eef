package dev.hawser.proxy.codec;

import com.google.protobuf.UInt32Value;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.UpstreamConfig.Budget;
import dev.hawser.proxy.model.UpstreamConfig.Limits;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers.Thresholds;
import io.envoyproxy.envoy.config.core.v3.RoutingPriority;
import java.util.Optional;

/** Reads what an upstream may take of us. */
final class LimitCodec {
  private static final double DEFAULT_BUDGET_PERCENT = 20;
  private static final int DEFAULT_MIN_RETRIES = 3;

  private LimitCodec() {}

  static Limits limits(String path, CircuitBreakers breakers) throws ResourceRejectedException {
    SupportedFields.requireOnly(path, breakers, "thresholds", "per_host_thresholds");
    Limits limits = Limits.defaults();
    for (int i = 0; i < breakers.getThresholdsCount(); i++) {
      limits = thresholds(path + ".thresholds[" + i + "]", breakers.getThresholds(i), limits);
    }
    for (int i = 0; i < breakers.getPerHostThresholdsCount(); i++) {
      Thresholds at = breakers.getPerHostThresholds(i);
      String name = path + ".per_host_thresholds[" + i + "]";
      SupportedFields.requireOnly(name, at, "priority", "max_connections");
      requireDefault(name, at);
      limits =
          new Limits(
              limits.maxConnections(),
              or(
                  at.hasMaxConnections(),
                  at.getMaxConnections(),
                  limits.maxConnectionsPerEndpoint()),
              limits.maxPending(),
              limits.maxRequests(),
              limits.maxRetries(),
              limits.maxPools(),
              limits.budget());
    }
    return limits;
  }

  private static Limits thresholds(String path, Thresholds at, Limits otherwise)
      throws ResourceRejectedException {
    // What remains is always shown.
    SupportedFields.requireOnly(
        path,
        at,
        "priority",
        "max_connections",
        "max_pending_requests",
        "max_requests",
        "max_retries",
        "retry_budget",
        "track_remaining",
        "max_connection_pools");
    requireDefault(path, at);
    return new Limits(
        or(at.hasMaxConnections(), at.getMaxConnections(), otherwise.maxConnections()),
        otherwise.maxConnectionsPerEndpoint(),
        or(at.hasMaxPendingRequests(), at.getMaxPendingRequests(), otherwise.maxPending()),
        or(at.hasMaxRequests(), at.getMaxRequests(), otherwise.maxRequests()),
        or(at.hasMaxRetries(), at.getMaxRetries(), otherwise.maxRetries()),
        or(at.hasMaxConnectionPools(), at.getMaxConnectionPools(), otherwise.maxPools()),
        at.hasRetryBudget()
            ? Optional.of(budget(path + ".retry_budget", at.getRetryBudget()))
            : otherwise.budget());
  }

  private static Budget budget(String path, Thresholds.RetryBudget budget)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(path, budget, "budget_percent", "min_retry_concurrency");
    double percent =
        budget.hasBudgetPercent() ? budget.getBudgetPercent().getValue() : DEFAULT_BUDGET_PERCENT;
    if (!(percent >= 0 && percent <= 100)) {
      throw Fields.rejected(path + ".budget_percent", percent + " (expected: 0-100)");
    }
    return new Budget(
        percent,
        or(budget.hasMinRetryConcurrency(), budget.getMinRetryConcurrency(), DEFAULT_MIN_RETRIES));
  }

  private static void requireDefault(String path, Thresholds at) throws ResourceRejectedException {
    if (at.getPriority() != RoutingPriority.DEFAULT) {
      throw Fields.rejected(path + ".priority", at.getPriority() + " (expected: DEFAULT)");
    }
  }

  /** A number above what Java counts to is no limit. */
  static int or(boolean present, UInt32Value value, int otherwise) {
    if (!present) {
      return otherwise;
    }
    return value.getValue() < 0 ? Integer.MAX_VALUE : value.getValue();
  }
}
