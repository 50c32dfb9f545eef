package dev.hawser.proxy.access;

import dev.hawser.engine.metrics.Counter;
import dev.hawser.engine.metrics.Family;
import dev.hawser.engine.metrics.Metrics;
import dev.hawser.proxy.filter.Metadata;
import dev.hawser.proxy.model.Access;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Judges, counts, and tells what rules in the shadow would have done. Safe for any thread. */
public final class AccessGate {
  private static final String POLICY = "shadow_effective_policy_id";
  private static final String RESULT = "shadow_engine_result";

  private final Family<Counter> family;

  /** Of rules without a name, the usual ones: they are not looked up. */
  private final Counter allowed;

  private final Counter denied;

  /** Makes a gate. */
  public AccessGate(Metrics metrics) {
    this.family =
        metrics.counter(
            "hawser_rbac_total",
            "Requests and connections that policy has judged",
            "outcome",
            "rules");
    this.allowed = family.with("allowed", "");
    this.denied = family.with("denied", "");
  }

  /**
   * Whether all rules that are enforced allow.
   *
   * @param filter by whose name the others are told about the rules in the shadow
   */
  public boolean allows(List<Access> all, AccessJudge.Subject subject, String filter) {
    for (int i = 0; i < all.size(); i++) {
      Access access = all.get(i);
      Access.Policy matched = AccessJudge.match(access, subject);
      boolean allows = AccessJudge.allows(access, matched);
      if (access.shadow().isPresent()) {
        family.with(allows ? "shadow_allowed" : "shadow_denied", access.statPrefix()).increment();
        tell(access.shadow().get(), matched, allows, subject.told(), filter);
      } else {
        counter(access.statPrefix(), allows).increment();
        if (!allows) {
          return false;
        }
      }
    }
    return true;
  }

  private Counter counter(String rules, boolean allows) {
    if (rules.isEmpty()) {
      return allows ? allowed : denied;
    }
    return family.with(allows ? "allowed" : "denied", rules);
  }

  private static void tell(
      String prefix,
      Access.@Nullable Policy matched,
      boolean allows,
      @Nullable Metadata told,
      String filter) {
    if (told != null) {
      Map<String, Object> words = new HashMap<>();
      words.put(prefix + RESULT, allows ? "allowed" : "denied");
      if (matched != null) {
        words.put(prefix + POLICY, matched.name());
      }
      told.put(filter, words);
    }
  }
}
