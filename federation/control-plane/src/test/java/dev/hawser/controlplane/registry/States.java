package dev.hawser.controlplane.registry;

import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Locality;
import dev.hawser.api.model.Protocol;
import dev.hawser.api.model.Provenance;
import dev.hawser.api.model.Service;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ServiceName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Builds states of a source: services of the namespace shop with numbered endpoints. */
final class States {
  private final String source;
  private final Provenance.Registry kind;
  private final Map<String, List<Endpoint>> services = new TreeMap<>();

  private States(String source, Provenance.Registry kind) {
    this.source = source;
    this.kind = kind;
  }

  static States of(String source, Provenance.Registry kind) {
    return new States(source, kind);
  }

  static States consul() {
    return of("consul/dc1", Provenance.Registry.CONSUL);
  }

  /** Adds ready endpoints {@code from} to {@code to}, both included; none if from is greater. */
  States service(String name, int from, int to) {
    List<Endpoint> endpoints = services.computeIfAbsent(name, _ -> new ArrayList<>());
    for (int i = from; i <= to; i++) {
      endpoints.add(endpoint(name, i, true));
    }
    return this;
  }

  States notReady(String name, int from, int to) {
    List<Endpoint> endpoints = services.computeIfAbsent(name, _ -> new ArrayList<>());
    for (int i = from; i <= to; i++) {
      endpoints.add(endpoint(name, i, false));
    }
    return this;
  }

  RegistryState watched() {
    return state(false);
  }

  RegistryState resynced() {
    return state(true);
  }

  /** Returns the ready endpoints of a service, as {@code orders-1}. */
  static SortedSet<String> ready(RegistryState state, String service) {
    SortedSet<String> ready = new TreeSet<>();
    for (Service it : state.services()) {
      if (it.name().name().equals(service)) {
        it.endpoints().stream()
            .filter(Endpoint::ready)
            .forEach(endpoint -> ready.add(endpoint.id()));
      }
    }
    return ready;
  }

  private RegistryState state(boolean resynced) {
    List<Service> all = new ArrayList<>();
    services.forEach((name, endpoints) ->
        all.add(
            new Service(
                new ServiceName(name, "shop"),
                List.of(new ServicePort("http", 8080, Protocol.HTTP)),
                endpoints,
                List.of(),
                Exposure.hidden(),
                Instant.EPOCH)));
    return new RegistryState(source, kind, all, List.of(), resynced, Instant.EPOCH);
  }

  private Endpoint endpoint(String service, int number, boolean ready) {
    return new Endpoint(
        service + "-" + number,
        "10.0." + Math.abs(service.hashCode() % 200) + "." + number,
        Map.of(),
        "east",
        Locality.UNKNOWN,
        ready,
        service,
        1,
        Map.of(),
        new Provenance(kind, source, "east", "node-" + number, Instant.EPOCH));
  }
}
