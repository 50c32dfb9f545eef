package dev.hawser.controlplane.merge;

import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Service;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.snapshot.Condition;
import dev.hawser.controlplane.snapshot.MeshEndpoint;
import dev.hawser.controlplane.snapshot.MeshService;
import dev.hawser.controlplane.snapshot.RemoteExport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Makes one service of all its definitions. Used once, by one thread. */
final class ServiceMerge {
  /** A port and who defined it. */
  private record Owned(ServicePort port, Definition owner) {}

  private static final int NAMED = 3;

  private final ServiceName name;
  private final List<Definition> definitions;
  private final Endpoints endpoints;
  private final List<Condition> conditions;
  private final Map<Integer, Owned> ports = new TreeMap<>();
  private final Map<String, MeshEndpoint> byAddress = new HashMap<>();

  /**
   * @param conditions what is already known about the name
   */
  ServiceMerge(
      ServiceName name,
      List<Definition> definitions,
      Endpoints endpoints,
      List<Condition> conditions) {
    this.name = name;
    this.definitions = definitions.stream().sorted(Definition.PRECEDENCE).toList();
    this.endpoints = endpoints;
    this.conditions = new ArrayList<>(conditions);
  }

  MeshService merge() {
    List<RemoteExport> remote = new ArrayList<>();
    Set<String> addresses = new TreeSet<>();
    for (Definition definition : definitions) {
      Set<Integer> usable = usablePorts(definition);
      switch (definition) {
        case Definition.Local local -> {
          addresses.addAll(local.service().addresses());
          addEndpoints(local, usable);
        }
        case Definition.Remote peer -> remote.add(withPorts(peer.export(), usable));
      }
    }
    List<MeshEndpoint> local =
        byAddress.values().stream().sorted(Comparator.comparing(MeshEndpoint::key)).toList();
    noteMissingProxies(local);
    return new MeshService(
        name,
        ports.values().stream().map(Owned::port).toList(),
        List.copyOf(addresses),
        exposure(),
        local,
        remote.stream().sorted(Comparator.comparing(RemoteExport::cluster)).toList(),
        conditions.stream().distinct().sorted().toList(),
        definitions.stream().map(Definition::since).min(Instant::compareTo).orElseThrow());
  }

  private Set<Integer> usablePorts(Definition definition) {
    Set<Integer> usable = new TreeSet<>();
    for (ServicePort port : definition.ports()) {
      Owned owned = ports.computeIfAbsent(port.number(), _ -> new Owned(port, definition));
      if (owned.port().protocol() == port.protocol()) {
        usable.add(port.number());
      } else {
        conditions.add(
            new Condition(
                name,
                Condition.Kind.PORT_CONFLICT,
                "Port "
                    + port.number()
                    + " of "
                    + name
                    + " is "
                    + owned.port().protocol().wireName()
                    + " by "
                    + owned.owner().origin()
                    + ", which "
                    + reason(owned.owner(), definition)
                    + ", and "
                    + port.protocol().wireName()
                    + " by "
                    + definition.origin()
                    + ", whose endpoints are not used for this port. Make the two agree."));
      }
    }
    return usable;
  }

  private static String reason(Definition winner, Definition loser) {
    boolean local = winner instanceof Definition.Local && loser instanceof Definition.Remote;
    return local ? "is this cluster's own" : "is older";
  }

  private void addEndpoints(Definition.Local definition, Set<Integer> usable) {
    Service service = definition.service();
    List<Endpoint> sorted =
        service.endpoints().stream()
            .sorted(
                Comparator.comparing((Endpoint endpoint) -> !endpoint.ready())
                    .thenComparing(Endpoint::id))
            .toList();
    for (Endpoint endpoint : sorted) {
      MeshEndpoint meshed;
      try {
        meshed = endpoints.of(name, endpoint, usable, exposure(service));
      } catch (IllegalArgumentException e) {
        conditions.add(
            new Condition(
                name,
                Condition.Kind.UNUSABLE_ENDPOINT,
                "Endpoint "
                    + endpoint.address()
                    + " of "
                    + definition.source()
                    + " is not used: "
                    + e.getMessage()
                    + "."));
        continue;
      }
      MeshEndpoint known = byAddress.putIfAbsent(endpoint.address(), meshed);
      if (known != null) {
        noteDuplicate(known, meshed);
      }
    }
  }

  private void noteDuplicate(MeshEndpoint used, MeshEndpoint left) {
    conditions.add(
        new Condition(
            name,
            Condition.Kind.DUPLICATE_ADDRESS,
            "Address "
                + used.endpoint().address()
                + " is reported as "
                + used.key()
                + " and as "
                + left.key()
                + "; one proxy stands before both, so the second is not used."));
  }

  private static RemoteExport withPorts(RemoteExport export, Set<Integer> usable) {
    return new RemoteExport(
        export.cluster(),
        export.service(),
        export.ports().stream()
            .filter(port -> usable.contains(port.number()))
            .sorted(Comparator.comparingInt(ServicePort::number))
            .toList(),
        export.slots(),
        export.identities(),
        export.since());
  }

  /** A name that never crosses the border is private, whatever its registry says. */
  private static Exposure exposure(Service service) {
    return service.name().isClusterInternal() ? Exposure.hidden() : service.exposure();
  }

  private Exposure exposure() {
    List<Definition.Local> local =
        definitions.stream()
            .filter(Definition.Local.class::isInstance)
            .map(Definition.Local.class::cast)
            .toList();
    if (local.stream().map(it -> it.service().exposure()).distinct().count() > 1) {
      conditions.add(
          new Condition(
              name,
              Condition.Kind.EXPOSURE_CONFLICT,
              "Not every registry exports "
                  + name
                  + " to the same clusters ("
                  + local.stream()
                      .map(it -> it.source() + ": " + describe(it.service().exposure()))
                      .collect(Collectors.joining(", "))
                  + "); each registry's word counts for its own endpoints."));
    }
    Set<String> clusters = new TreeSet<>();
    for (Definition.Local definition : local) {
      switch (exposure(definition.service())) {
        case Exposure.Private _ -> {}
        case Exposure.Everyone everyone -> {
          return everyone;
        }
        case Exposure.Only only -> clusters.addAll(only.clusters());
      }
    }
    return clusters.isEmpty() ? Exposure.hidden() : new Exposure.Only(clusters);
  }

  private static String describe(Exposure exposure) {
    return switch (exposure) {
      case Exposure.Private _ -> "private";
      case Exposure.Everyone _ -> "everyone";
      case Exposure.Only only -> String.join("+", new TreeSet<>(only.clusters()));
    };
  }

  private void noteMissingProxies(List<MeshEndpoint> local) {
    List<String> without =
        local.stream()
            .filter(endpoint -> endpoint.endpoint().ready() && !endpoint.meshed())
            .map(endpoint -> endpoint.endpoint().address())
            .sorted()
            .toList();
    if (without.isEmpty()) {
      return;
    }
    int more = without.size() - NAMED;
    conditions.add(
        new Condition(
            name,
            Condition.Kind.NO_PROXY,
            without.size()
                + " of "
                + local.size()
                + " endpoints of "
                + name
                + " have no connected proxy with their identity and are not called: "
                + String.join(", ", without.stream().limit(NAMED).toList())
                + (more > 0 ? " and " + more + " more." : ".")));
  }
}
