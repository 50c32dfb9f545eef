package dev.hawser.controlplane.xds;

import dev.hawser.controlplane.policy.VirtualService;
import dev.hawser.controlplane.policy.VirtualService.HttpRule;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.envoyproxy.envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is tried again, how often, and where. A gRPC client gets no policy: by itself it repeats
 * calls that never left, and which others may be repeated no method of gRPC tells.
 */
final class Retries {
  private static final int ATTEMPTS = 2;
  private static final List<String> BY_DEFAULT =
      List.of("connect-failure", "refused-stream", "reset");

  /** The request cannot have reached an application: safe for every method. */
  private static final Set<String> NOT_SENT = Set.of("connect-failure", "refused-stream");

  private static final int HOST_SELECTION_ATTEMPTS = 5;

  private Retries() {}

  /** Returns the action for our own proxy, which itself repeats only what may be repeated. */
  static RouteAction forSidecar(RouteAction action, HttpRule rule) {
    return attempts(rule) == 0
        ? action
        : action.toBuilder().setRetryPolicy(policy(rule, words(rule))).build();
  }

  /**
   * Returns the action for Envoy, or empty if nothing is to be tried again.
   *
   * @param idempotent whether the route takes only requests that may be repeated
   */
  static Optional<RouteAction> forEnvoy(RouteAction action, HttpRule rule, boolean idempotent) {
    List<String> words = new ArrayList<>(words(rule));
    if (!idempotent) {
      words.removeIf(word -> !NOT_SENT.contains(word));
    }
    if (attempts(rule) == 0 || words.isEmpty()) {
      return Optional.empty();
    }
    // The second retry leaves the priorities that were tried: all of a dead cluster's endpoints
    // may still look well.
    RetryPolicy policy =
        policy(rule, words).toBuilder()
            .setHostSelectionRetryMaxAttempts(HOST_SELECTION_ATTEMPTS)
            .setRetryPriority(
                RetryPolicy.RetryPriority.newBuilder()
                    .setName("envoy.retry_priorities.previous_priorities")
                    .setTypedConfig(
                        Wire.any(
                            PreviousPrioritiesConfig.newBuilder()
                                .setUpdateFrequency(ATTEMPTS)
                                .build())))
            .build();
    return Optional.of(action.toBuilder().setRetryPolicy(policy).build());
  }

  private static RetryPolicy policy(HttpRule rule, List<String> words) {
    List<String> conditions = new ArrayList<>();
    List<Integer> codes = new ArrayList<>();
    for (String word : words) {
      if (Character.isDigit(word.charAt(0))) {
        codes.add(Integer.valueOf(word));
      } else {
        conditions.add(word);
      }
    }
    if (!codes.isEmpty()) {
      conditions.add("retriable-status-codes");
    }
    RetryPolicy.Builder policy =
        RetryPolicy.newBuilder()
            .setRetryOn(String.join(",", conditions))
            .addAllRetriableStatusCodes(codes)
            .setNumRetries(Wire.u32(attempts(rule)))
            .addRetryHostPredicate(
                RetryPolicy.RetryHostPredicate.newBuilder()
                    .setName("envoy.retry_host_predicates.previous_hosts")
                    .setTypedConfig(Wire.any(PreviousHostsPredicate.getDefaultInstance())));
    rule.retries()
        .flatMap(VirtualService.Retries::perTryTimeout)
        .ifPresent(timeout -> policy.setPerTryTimeout(Wire.duration(timeout)));
    return policy.build();
  }

  private static int attempts(HttpRule rule) {
    return rule.retries().map(VirtualService.Retries::attempts).orElse(ATTEMPTS);
  }

  private static List<String> words(HttpRule rule) {
    List<String> asked =
        rule.retries().map(VirtualService.Retries::retryOn).orElse(List.of()).stream().toList();
    return asked.isEmpty() ? BY_DEFAULT : asked;
  }
}
