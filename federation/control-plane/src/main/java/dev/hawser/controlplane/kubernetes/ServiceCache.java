package dev.hawser.controlplane.kubernetes;

import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Service;
import dev.hawser.controlplane.registry.Rejected;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What every service was read as last, so that a change costs the services it concerns. Confined to
 * the registry's reporting thread.
 */
final class ServiceCache {
  private final InstantSource clock;
  private final TreeMap<String, KubernetesView.Result> results = new TreeMap<>();

  ServiceCache(InstantSource clock) {
    this.clock = clock;
  }

  /** Reads everything anew; what was known before keeps the time it was first seen. */
  void refreshAll(Cluster cluster, KubernetesView view) {
    Set<String> gone = new HashSet<>(results.keySet());
    for (io.fabric8.kubernetes.api.model.Service service : cluster.services()) {
      String key = KubernetesView.key(service);
      gone.remove(key);
      refresh(key, cluster, view);
    }
    results.keySet().removeAll(gone);
  }

  /** Reads one service anew. */
  void refresh(String key, Cluster cluster, KubernetesView view) {
    Map<String, Instant> known = new HashMap<>();
    KubernetesView.Result before = results.get(key);
    if (before != null) {
      before
          .service()
          .ifPresent(service -> {
            for (Endpoint endpoint : service.endpoints()) {
              known.put(endpoint.id(), endpoint.provenance().since());
            }
          });
    }
    Instant now = clock.instant();
    cluster
        .service(key)
        .ifPresentOrElse(
            service -> results.put(key, view.read(service, id -> known.getOrDefault(id, now))),
            () -> results.remove(key));
  }

  List<Service> services() {
    List<Service> services = new ArrayList<>();
    results.values().forEach(result -> result.service().ifPresent(services::add));
    services.sort(Comparator.comparing(Service::name));
    return services;
  }

  List<Rejected> rejected() {
    return results.values().stream().flatMap(result -> result.rejected().stream()).toList();
  }
}
