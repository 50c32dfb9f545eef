package dev.hawser.proxy.upstream;

import dev.hawser.proxy.model.UpstreamConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts what one upstream takes of us over all workers, and says when it is too much. Safe for use
 * by any thread.
 */
final class Breakers {
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger pending = new AtomicInteger();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger retries = new AtomicInteger();
  private final AtomicInteger pools = new AtomicInteger();
  private volatile UpstreamConfig.Limits limits = UpstreamConfig.Limits.defaults();

  void configure(UpstreamConfig.Limits next) {
    limits = next;
  }

  UpstreamConfig.Limits limits() {
    return limits;
  }

  /**
   * Returns whether another connection may be opened, and counts it.
   *
   * @param first whether it would be the only one of its pool, which is always allowed: requests
   *     that wait would wait forever
   */
  boolean enterConnection(boolean first) {
    if (first) {
      connections.incrementAndGet();
      return true;
    }
    return enter(connections, limits.maxConnections());
  }

  void leaveConnection() {
    connections.decrementAndGet();
  }

  boolean enterPending() {
    return enter(pending, limits.maxPending());
  }

  void leavePending() {
    pending.decrementAndGet();
  }

  boolean enterRequest() {
    return enter(requests, limits.maxRequests());
  }

  void leaveRequest() {
    requests.decrementAndGet();
  }

  boolean enterRetry() {
    return enter(retries, maxRetries());
  }

  private int maxRetries() {
    UpstreamConfig.Limits present = limits;
    return present
        .budget()
        .map(budget ->
            Math.max(budget.minRetries(), (int) (requests.get() * budget.percent() / 100)))
        .orElse(present.maxRetries());
  }

  void leaveRetry() {
    retries.decrementAndGet();
  }

  boolean enterPool() {
    return enter(pools, limits.maxPools());
  }

  void leavePool() {
    pools.decrementAndGet();
  }

  private static boolean enter(AtomicInteger count, int limit) {
    if (count.incrementAndGet() <= limit) {
      return true;
    }
    count.decrementAndGet();
    return false;
  }

  /** Returns how things stand, by Envoy's names. */
  Map<String, Long> byEnvoyName() {
    UpstreamConfig.Limits present = limits;
    Map<String, Long> values = new LinkedHashMap<>();
    values.put("upstream_cx_active", (long) connections.get());
    values.put("upstream_rq_active", (long) requests.get());
    values.put("upstream_rq_pending_active", (long) pending.get());
    String at = "circuit_breakers.default.";
    values.put(at + "cx_open", open(connections, present.maxConnections()));
    values.put(at + "rq_pending_open", open(pending, present.maxPending()));
    values.put(at + "rq_open", open(requests, present.maxRequests()));
    values.put(at + "rq_retry_open", open(retries, maxRetries()));
    values.put(at + "cx_pool_open", open(pools, present.maxPools()));
    values.put(at + "remaining_cx", left(connections, present.maxConnections()));
    values.put(at + "remaining_pending", left(pending, present.maxPending()));
    values.put(at + "remaining_rq", left(requests, present.maxRequests()));
    values.put(at + "remaining_retries", left(retries, maxRetries()));
    values.put(at + "remaining_cx_pools", left(pools, present.maxPools()));
    return values;
  }

  private static long open(AtomicInteger count, int limit) {
    return count.get() >= limit ? 1 : 0;
  }

  private static long left(AtomicInteger count, int limit) {
    return Math.max(0, limit - count.get());
  }
}
