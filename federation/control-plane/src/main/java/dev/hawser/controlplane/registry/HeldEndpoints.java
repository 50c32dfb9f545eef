package dev.hawser.controlplane.registry;

import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Service;
import dev.hawser.api.naming.ServiceName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;

/** The endpoints of one source that are kept although the source no longer reports them. */
final class HeldEndpoints {
  /**
   * @param service as last reported, with nothing but its held endpoints
   * @param strength how many ready endpoints it had when they were held
   */
  private record Held(Service service, int strength) {}

  private final TreeMap<ServiceName, Held> services = new TreeMap<>();

  /** Ids that the source has listed, though not as ready, since it last read everything anew. */
  private final Map<ServiceName, Set<String>> listed = new HashMap<>();

  boolean isEmpty() {
    return services.isEmpty();
  }

  int count() {
    return services.values().stream().mapToInt(it -> it.service().endpoints().size()).sum();
  }

  void clear() {
    services.clear();
    listed.clear();
  }

  /** Notes which held endpoints a report still lists. After a resync only that report counts. */
  void note(RegistryState state) {
    if (state.resynced()) {
      listed.clear();
    }
    for (Service service : state.services()) {
      if (services.containsKey(service.name())) {
        listed.computeIfAbsent(service.name(), _ -> new HashSet<>()).addAll(ids(service));
      }
    }
  }

  /**
   * Lets go what the source listed and has since deleted: it forgets nothing that it could still
   * name. Not when it lists nothing at all any more.
   */
  void dropDeleted(RegistryState state) {
    if (state.endpointCount() == 0) {
      return;
    }
    Map<ServiceName, Service> reported = byName(state);
    remove((service, endpoint) -> {
      Service now = reported.get(service);
      return listed.getOrDefault(service, Set.of()).contains(endpoint.id())
          && (now == null || !ids(now).contains(endpoint.id()));
    });
  }

  /** Returns the services that have held endpoints, with those alone. */
  List<Service> services() {
    return services.values().stream().map(Held::service).toList();
  }

  /** Keeps what was ready before and would not be after. */
  void keepMissing(RegistryState before, RegistryState after) {
    Map<ServiceName, Service> remaining = byName(after);
    for (Service service : before.services()) {
      Service now = remaining.get(service.name());
      Set<String> readyNow = now == null ? Set.of() : readyIds(now);
      List<Endpoint> missing =
          service.endpoints().stream()
              .filter(endpoint -> endpoint.ready() && !readyNow.contains(endpoint.id()))
              .toList();
      int strength = GuardedSource.ready(service);
      if (!missing.isEmpty() && readyNow.size() < strength) {
        keep(service, missing, strength);
      }
    }
  }

  /** Lets go what a new report shows again, or has replaced. */
  void returnTo(RegistryState state) {
    Map<ServiceName, Service> reported = byName(state);
    services
        .values()
        .removeIf(held -> {
          Service now = reported.get(held.service().name());
          return now != null && GuardedSource.ready(now) >= held.strength();
        });
    remove((service, endpoint) -> {
      Service now = reported.get(service);
      return now != null && now.endpoints().stream().anyMatch(it -> replaces(it, endpoint));
    });
  }

  /** Returns a reported state with the held endpoints laid over it. */
  RegistryState over(RegistryState state) {
    if (services.isEmpty()) {
      return state;
    }
    TreeMap<ServiceName, Service> merged = new TreeMap<>(byName(state));
    for (Held held : services.values()) {
      merged.merge(held.service().name(), held.service(), HeldEndpoints::combine);
    }
    return new RegistryState(
        state.source(),
        state.kind(),
        List.copyOf(merged.values()),
        state.rejected(),
        state.resynced(),
        state.observed());
  }

  private void keep(Service service, List<Endpoint> missing, int strength) {
    Held before = services.get(service.name());
    List<Endpoint> kept =
        new ArrayList<>(before == null ? List.of() : before.service().endpoints());
    Set<String> ids = new HashSet<>();
    kept.forEach(endpoint -> ids.add(endpoint.id()));
    missing.stream().filter(endpoint -> ids.add(endpoint.id())).forEach(kept::add);
    int highest = before == null ? strength : Math.max(strength, before.strength());
    services.put(service.name(), new Held(withEndpoints(service, kept), highest));
  }

  private void remove(BiPredicate<ServiceName, Endpoint> gone) {
    for (Held held : List.copyOf(services.values())) {
      ServiceName name = held.service().name();
      List<Endpoint> kept =
          held.service().endpoints().stream()
              .filter(endpoint -> !gone.test(name, endpoint))
              .toList();
      if (kept.size() == held.service().endpoints().size()) {
        continue;
      }
      if (kept.isEmpty()) {
        services.remove(name);
      } else {
        services.put(name, new Held(withEndpoints(held.service(), kept), held.strength()));
      }
    }
  }

  /** The same instance, or another registration of the same place. */
  private static boolean replaces(Endpoint reported, Endpoint held) {
    return reported.ready()
        && (reported.id().equals(held.id())
            || (reported.address().equals(held.address())
                && reported.targetPorts().equals(held.targetPorts())));
  }

  private static Service combine(Service reported, Service held) {
    Set<String> heldIds = new HashSet<>();
    held.endpoints().forEach(endpoint -> heldIds.add(endpoint.id()));
    List<Endpoint> endpoints = new ArrayList<>();
    for (Endpoint endpoint : reported.endpoints()) {
      if (!heldIds.contains(endpoint.id())) {
        endpoints.add(endpoint);
      }
    }
    endpoints.addAll(held.endpoints());
    return withEndpoints(reported, endpoints);
  }

  static Service withEndpoints(Service service, List<Endpoint> endpoints) {
    return new Service(
        service.name(),
        service.ports(),
        endpoints,
        service.addresses(),
        service.exposure(),
        service.created());
  }

  private static Set<String> ids(Service service) {
    Set<String> ids = new HashSet<>();
    service.endpoints().forEach(endpoint -> ids.add(endpoint.id()));
    return ids;
  }

  private static Set<String> readyIds(Service service) {
    Set<String> ids = new HashSet<>();
    for (Endpoint endpoint : service.endpoints()) {
      if (endpoint.ready()) {
        ids.add(endpoint.id());
      }
    }
    return ids;
  }

  private static Map<ServiceName, Service> byName(RegistryState state) {
    Map<ServiceName, Service> services = new TreeMap<>();
    state.services().forEach(service -> services.put(service.name(), service));
    return services;
  }
}
