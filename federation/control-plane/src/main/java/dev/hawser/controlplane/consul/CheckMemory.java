package dev.hawser.controlplane.consul;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells a check that fails from one that has not run yet. An agent that restarts sets every check
 * to critical until it has run again, keeping the output of the run before or none. So, for a while
 * after Consul was away, a check that turned critical with no new output keeps the state it had.
 * Confined to the registry's reporting thread.
 */
final class CheckMemory {
  /** Longer than the interval of most checks: after it, what Consul says counts again. */
  static final Duration UNSURE = Duration.ofSeconds(30);

  private Map<String, String> goodOutputs = Map.of();
  private Map<String, String> next = new HashMap<>();
  private Instant sure = Instant.MIN;

  /** Consul is back: its checks may not have run again yet. */
  void reconnected(Instant now) {
    sure = now.plus(UNSURE);
  }

  /** Whether a check may still be one that has not run. */
  boolean isUnsure(Instant now) {
    return now.isBefore(sure);
  }

  /** Whether the instance is healthy; ask once for each instance of a state. */
  boolean isHealthy(Instance instance, Instant now) {
    boolean healthy = true;
    for (Instance.Check check : instance.checks()) {
      String key = instance.key() + "/" + check.id();
      String before = goodOutputs.get(key);
      if (Instance.isGood(check.status())) {
        next.put(key, check.output());
      } else if (isUnsure(now) && before != null && isOld(check.output(), before)) {
        next.put(key, before);
      } else {
        healthy = false;
      }
    }
    return healthy;
  }

  /** Ends a state: what was not asked for is forgotten. */
  void endOfState() {
    goodOutputs = next;
    next = new HashMap<>();
  }

  private static boolean isOld(String output, String before) {
    return output.isEmpty() || output.equals(before);
  }
}
