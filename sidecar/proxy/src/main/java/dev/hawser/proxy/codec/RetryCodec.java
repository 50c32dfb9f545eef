package dev.hawser.proxy.codec;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.RetryRule;
import dev.hawser.proxy.model.RetryRule.Condition;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads retry policies. */
final class RetryCodec {
  /** Envoy's own when a policy gives no number. */
  private static final int DEFAULT_RETRIES = 1;

  /** Envoy's own when a back-off gives no maximum: so many times its base. */
  private static final int DEFAULT_MAX_TIMES = 10;

  private static final Duration DEFAULT_MAX_RESET = Duration.ofMinutes(5);

  private static final Map<String, Condition> WORDS =
      Map.of(
          "connect-failure", Condition.CONNECT_FAILURE,
          "refused-stream", Condition.REFUSED_STREAM,
          "reset", Condition.RESET,
          "reset-before-request", Condition.RESET_BEFORE_REQUEST,
          "gateway-error", Condition.GATEWAY_ERROR,
          "5xx", Condition.SERVER_ERROR,
          "retriable-4xx", Condition.RETRIABLE_4XX,
          "envoy-ratelimited", Condition.RATE_LIMITED,
          "retriable-status-codes", Condition.STATUSES,
          "retriable-headers", Condition.HEADERS);

  /** Statuses of gRPC that may come in the place of a response. */
  private static final Map<String, Integer> GRPC_WORDS =
      Map.of(
          "cancelled", 1,
          "deadline-exceeded", 4,
          "resource-exhausted", 8,
          "internal", 13,
          "unavailable", 14);

  private RetryCodec() {}

  static RetryRule rule(String path, RetryPolicy policy) throws ResourceRejectedException {
    // A retry never goes to a host that just failed while there is another, and all of them are
    // looked at, so the predicate and the number of attempts to find one ask for nothing more.
    SupportedFields.requireOnly(
        path,
        policy,
        "retry_on",
        "num_retries",
        "per_try_timeout",
        "per_try_idle_timeout",
        "retriable_status_codes",
        "retriable_headers",
        "retriable_request_headers",
        "retry_back_off",
        "rate_limited_retry_back_off",
        "retry_host_predicate",
        "retry_priority",
        "host_selection_retry_max_attempts");
    requirePreviousHosts(path + ".retry_host_predicate", policy);
    Set<Condition> on = EnumSet.noneOf(Condition.class);
    Set<Integer> grpc = new HashSet<>();
    words(path + ".retry_on", policy.getRetryOn(), on, grpc);
    return new RetryRule(
        on,
        LimitCodec.or(policy.hasNumRetries(), policy.getNumRetries(), DEFAULT_RETRIES),
        policy.hasPerTryTimeout()
            ? RouteCodec.positive(
                Fields.duration(path + ".per_try_timeout", policy.getPerTryTimeout()))
            : Optional.empty(),
        policy.hasPerTryIdleTimeout()
            ? RouteCodec.positive(
                Fields.duration(path + ".per_try_idle_timeout", policy.getPerTryIdleTimeout()))
            : Optional.empty(),
        new HashSet<>(policy.getRetriableStatusCodesList()),
        grpc,
        TextCodec.headers(path + ".retriable_headers", policy.getRetriableHeadersList()),
        TextCodec.headers(
            path + ".retriable_request_headers", policy.getRetriableRequestHeadersList()),
        policy.hasRetryBackOff()
            ? Optional.of(backOff(path + ".retry_back_off", policy.getRetryBackOff()))
            : Optional.empty(),
        policy.hasRateLimitedRetryBackOff()
            ? Optional.of(
                rateLimited(
                    path + ".rate_limited_retry_back_off", policy.getRateLimitedRetryBackOff()))
            : Optional.empty(),
        policy.hasRetryPriority()
            ? rounds(path + ".retry_priority", policy.getRetryPriority())
            : 0);
  }

  private static void requirePreviousHosts(String path, RetryPolicy policy)
      throws ResourceRejectedException {
    for (RetryPolicy.RetryHostPredicate predicate : policy.getRetryHostPredicateList()) {
      if (!predicate.getName().equals("envoy.retry_host_predicates.previous_hosts")) {
        throw Fields.rejected(
            path, predicate.getName() + " (expected: envoy.retry_host_predicates.previous_hosts)");
      }
    }
  }

  private static void words(String path, String text, Set<Condition> on, Set<Integer> grpc)
      throws ResourceRejectedException {
    for (String part : text.split(",", -1)) {
      String word = part.strip();
      Condition condition = WORDS.get(word);
      Integer status = GRPC_WORDS.get(word);
      if (condition != null) {
        on.add(condition);
      } else if (status != null) {
        grpc.add(status);
      } else if (!word.isEmpty()) {
        List<String> known = new ArrayList<>(WORDS.keySet());
        known.addAll(GRPC_WORDS.keySet());
        throw Fields.rejected(
            path, "'" + word + "' (expected: of " + known.stream().sorted().toList() + ")");
      }
    }
  }

  private static RetryRule.BackOff backOff(String path, RetryPolicy.RetryBackOff from)
      throws ResourceRejectedException {
    Duration base = Fields.duration(path + ".base_interval", from.getBaseInterval());
    if (!base.isPositive()) {
      throw Fields.rejected(path + ".base_interval", base + " (expected: above 0)");
    }
    Duration max =
        from.hasMaxInterval()
            ? Fields.duration(path + ".max_interval", from.getMaxInterval())
            : base.multipliedBy(DEFAULT_MAX_TIMES);
    if (max.compareTo(base) < 0) {
      throw Fields.rejected(
          path + ".max_interval", max + " (expected: at least the base, " + base + ")");
    }
    return new RetryRule.BackOff(base, max);
  }

  private static RetryRule.RateLimited rateLimited(
      String path, RetryPolicy.RateLimitedRetryBackOff from) throws ResourceRejectedException {
    if (from.getResetHeadersCount() == 0) {
      throw Fields.rejected(path + ".reset_headers", "none (expected: at least one)");
    }
    List<RetryRule.ResetHeader> headers = new ArrayList<>();
    for (RetryPolicy.ResetHeader header : from.getResetHeadersList()) {
      headers.add(
          new RetryRule.ResetHeader(
              header.getName().toLowerCase(Locale.ROOT),
              switch (header.getFormat()) {
                case SECONDS -> false;
                case UNIX_TIMESTAMP -> true;
                case UNRECOGNIZED -> throw BalancingCodec.unknown(path + ".reset_headers.format");
              }));
    }
    return new RetryRule.RateLimited(
        headers,
        from.hasMaxInterval()
            ? Fields.duration(path + ".max_interval", from.getMaxInterval())
            : DEFAULT_MAX_RESET);
  }

  private static int rounds(String path, RetryPolicy.RetryPriority from)
      throws ResourceRejectedException {
    if (!from.getName().equals("envoy.retry_priorities.previous_priorities")) {
      throw Fields.rejected(
          path + ".name",
          "'" + from.getName() + "' (expected: envoy.retry_priorities.previous_priorities)");
    }
    String at = path + ".typed_config";
    PreviousPrioritiesConfig config =
        Fields.unpack(at, from.getTypedConfig(), PreviousPrioritiesConfig.getDefaultInstance());
    if (config.getUpdateFrequency() < 1) {
      throw Fields.rejected(
          at + ".update_frequency", config.getUpdateFrequency() + " (expected: at least 1)");
    }
    return config.getUpdateFrequency();
  }
}
