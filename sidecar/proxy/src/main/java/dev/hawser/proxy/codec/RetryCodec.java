package dev.hawser.proxy.codec;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.RetryRule;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Reads retry policies. */
final class RetryCodec {
  /** Envoy's own when a policy gives no number. */
  private static final int DEFAULT_RETRIES = 1;

  private RetryCodec() {}

  static RetryRule rule(String path, RetryPolicy policy) throws ResourceRejectedException {
    // Which host a retry goes to is this proxy's own rule, which is stricter than these ask for.
    SupportedFields.requireOnly(
        path,
        policy,
        "retry_on",
        "num_retries",
        "per_try_timeout",
        "retriable_status_codes",
        "retry_host_predicate",
        "retry_priority",
        "host_selection_retry_max_attempts");
    for (RetryPolicy.RetryHostPredicate predicate : policy.getRetryHostPredicateList()) {
      if (!predicate.getName().equals("envoy.retry_host_predicates.previous_hosts")) {
        throw Fields.rejected(
            path + ".retry_host_predicate",
            predicate.getName() + " (expected: envoy.retry_host_predicates.previous_hosts)");
      }
    }
    int retries = policy.hasNumRetries() ? policy.getNumRetries().getValue() : DEFAULT_RETRIES;
    return new RetryRule(
        conditions(path + ".retry_on", policy.getRetryOn()),
        retries,
        policy.hasPerTryTimeout()
            ? RouteCodec.positive(
                Fields.duration(path + ".per_try_timeout", policy.getPerTryTimeout()))
            : Optional.empty(),
        new HashSet<>(policy.getRetriableStatusCodesList()));
  }

  private static Set<RetryRule.Condition> conditions(String path, String words)
      throws ResourceRejectedException {
    Set<RetryRule.Condition> conditions = EnumSet.noneOf(RetryRule.Condition.class);
    for (String word : words.split(",", -1)) {
      switch (word.strip()) {
        case "" -> {}
        case "connect-failure" -> conditions.add(RetryRule.Condition.CONNECT_FAILURE);
        case "refused-stream" -> conditions.add(RetryRule.Condition.REFUSED_STREAM);
        case "reset" -> conditions.add(RetryRule.Condition.RESET);
        case "gateway-error" -> conditions.add(RetryRule.Condition.GATEWAY_ERROR);
        case "5xx" -> conditions.add(RetryRule.Condition.SERVER_ERROR);
        case "retriable-status-codes" -> conditions.add(RetryRule.Condition.STATUSES);
        default ->
            throw Fields.rejected(
                path,
                "'"
                    + word.strip()
                    + "' (expected: connect-failure, refused-stream, reset, gateway-error, 5xx or"
                    + " retriable-status-codes)");
      }
    }
    return conditions;
  }
}
