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

  private final Counter allowed;
  private final Counter denied;
  private final Counter shadowAllowed;
  private final Counter shadowDenied;

  /** Makes a gate. */
  public AccessGate(Metrics metrics) {
    Family<Counter> family =
        metrics.counter(
            "hawser_rbac_total", "Requests and connections that policy has judged", "outcome");
    this.allowed = family.with("allowed");
    this.denied = family.with("denied");
    this.shadowAllowed = family.with("shadow_allowed");
    this.shadowDenied = family.with("shadow_denied");
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
        tell(access.shadow().get(), matched, allows, subject.told(), filter);
      } else if (allows) {
        allowed.increment();
      } else {
        denied.increment();
        return false;
      }
    }
    return true;
  }

  private void tell(
      String prefix,
      Access.@Nullable Policy matched,
      boolean allows,
      @Nullable Metadata told,
      String filter) {
    (allows ? shadowAllowed : shadowDenied).increment();
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
