package dev.hawser.proxy.upstream;

import dev.hawser.proxy.balance.Balancer;
import dev.hawser.proxy.balance.Endpoint;
import dev.hawser.proxy.http.HttpLimits;
import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.HealthCheck;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.proxy.worker.Worker;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Asks the endpoints of upstreams that want it whether they are well; a slot is asked through its
 * gateway by its own server name. One thread calls; the checks run on the workers.
 */
final class HealthChecker {
  private final Dialer dialer;
  private final List<Worker> workers;
  private final HttpLimits limits;
  private final long pace;
  private final Map<String, Map<EndpointConfig.Key, CheckWatch>> watches = new HashMap<>();

  /**
   * Makes one that has asked nobody yet.
   *
   * @param pace nanoseconds between two calls of {@link #check}
   */
  HealthChecker(Dialer dialer, List<Worker> workers, HttpLimits limits, long pace) {
    this.dialer = dialer;
    this.workers = workers;
    this.limits = limits;
    this.pace = pace;
  }

  /** Begins the checks that are due before the next call, each in its own moment. */
  void check(Upstream upstream, Balancer balancer) {
    UpstreamConfig config = upstream.config();
    if (config == null || config.checks().isEmpty()) {
      watches.remove(upstream.name());
      return;
    }
    HealthCheck check = config.checks().getFirst();
    Map<EndpointConfig.Key, CheckWatch> known =
        watches.computeIfAbsent(upstream.name(), _ -> new HashMap<>());
    Set<EndpointConfig.Key> present = new HashSet<>();
    long now = System.nanoTime();
    for (Endpoint endpoint : balancer.endpoints()) {
      EndpointConfig.Key key = endpoint.config().key();
      if (endpoint.config().traits().check().disabled() || !present.add(key)) {
        continue;
      }
      CheckWatch watch = known.get(key);
      if (watch == null || !watch.isOf(check)) {
        watch = new CheckWatch(check, now);
        known.put(key, watch);
      }
      long left = watch.begin(now, pace);
      if (left != CheckWatch.NOT_DUE) {
        upstream.stats().count(UpstreamStat.CHECK_ATTEMPT);
        Worker worker = workers.get(Math.floorMod(key.hashCode(), workers.size()));
        CheckCall call = new CheckCall(dialer, worker, limits, upstream, config, endpoint, watch);
        var _ = worker.loop().schedule(call::begin, left, TimeUnit.NANOSECONDS);
      }
    }
    known.keySet().retainAll(present);
  }

  /** Forgets upstreams that are gone. */
  void keepOnly(Set<String> names) {
    watches.keySet().retainAll(names);
  }
}
