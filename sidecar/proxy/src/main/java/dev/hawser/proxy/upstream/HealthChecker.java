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

/**
 * Asks the endpoints of upstreams that want it whether they are well; a slot is asked through its
 * gateway by its own server name. One thread calls; the checks run on the workers.
 */
final class HealthChecker {
  private final Dialer dialer;
  private final List<Worker> workers;
  private final HttpLimits limits;
  private final Map<String, Map<EndpointConfig.Key, CheckWatch>> watches = new HashMap<>();

  HealthChecker(Dialer dialer, List<Worker> workers, HttpLimits limits) {
    this.dialer = dialer;
    this.workers = workers;
    this.limits = limits;
  }

  /** Begins the checks that are due. */
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
      if (watch.begin(now)) {
        upstream.stats().count(UpstreamStat.CHECK_ATTEMPT);
        Worker worker = workers.get(Math.floorMod(key.hashCode(), workers.size()));
        CheckCall call = new CheckCall(dialer, worker, limits, upstream, config, endpoint, watch);
        worker.loop().execute(call::begin);
      }
    }
    known.keySet().retainAll(present);
  }

  /** Forgets upstreams that are gone. */
  void keepOnly(Set<String> names) {
    watches.keySet().retainAll(names);
  }
}
