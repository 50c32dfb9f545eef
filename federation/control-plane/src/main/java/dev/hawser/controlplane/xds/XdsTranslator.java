package dev.hawser.controlplane.xds;

import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.snapshot.MeshEndpoint;
import dev.hawser.controlplane.snapshot.MeshService;
import dev.hawser.controlplane.snapshot.MeshSnapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One snapshot as resources: a pure function of the snapshot and the node that asks. What is made
 * is kept, and taken over by the next snapshot's translator where the service is the same, so that
 * a change costs what it touches. Thread-safe.
 */
final class XdsTranslator {
  /** Where a workload is found: its address, and who must be there. */
  private record Place(String address, String identity) {}

  private final MeshSnapshot snapshot;
  private final SortedMap<ServiceName, ServiceView> services;
  private final Map<Place, List<Served>> servedAt;

  /** By virtual address, as {@link CapturedListeners} has it. */
  private final Map<String, ServiceView> byAddress = new HashMap<>();

  /** By the address of a workload, whoever it is. */
  private final Map<String, List<Served>> byWorkload = new HashMap<>();

  private final XdsResource bundles;
  private final ResourceView workloads;
  private final ResourceView gateways;

  private XdsTranslator(MeshSnapshot snapshot, SortedMap<ServiceName, ServiceView> services) {
    this.snapshot = snapshot;
    this.services = services;
    this.servedAt = index(snapshot);
    services
        .values()
        .forEach(view ->
            view.service()
                .addresses()
                .forEach(
                    address -> byAddress.putIfAbsent(CapturedListeners.canonical(address), view)));
    servedAt.forEach((place, served) ->
        byWorkload
            .computeIfAbsent(CapturedListeners.canonical(place.address()), _ -> new ArrayList<>())
            .addAll(served));
    this.bundles = SecretResources.bundles(snapshot.trust());
    this.workloads = new WorkloadView(this);
    this.gateways = new GatewayView(this);
  }

  static XdsTranslator of(MeshSnapshot snapshot) {
    return after(Collections.emptySortedMap(), snapshot);
  }

  /** Returns the translator of the next snapshot. */
  XdsTranslator next(MeshSnapshot next) {
    return after(services, next);
  }

  private static XdsTranslator after(
      SortedMap<ServiceName, ServiceView> before, MeshSnapshot snapshot) {
    SortedMap<ServiceName, ServiceView> views = new TreeMap<>();
    for (MeshService service : snapshot.services().values()) {
      ServiceView.Inputs inputs = ServiceView.Inputs.of(service, snapshot);
      ServiceView known = before.get(service.name());
      views.put(
          service.name(),
          known != null && known.inputs().equals(inputs) ? known : new ServiceView(inputs));
    }
    return new XdsTranslator(snapshot, Collections.unmodifiableSortedMap(views));
  }

  private static Map<Place, List<Served>> index(MeshSnapshot snapshot) {
    Map<Place, List<Served>> served = new HashMap<>();
    for (MeshService service : snapshot.services().values()) {
      for (MeshEndpoint endpoint : service.local()) {
        List<Served> here =
            served.computeIfAbsent(
                new Place(endpoint.endpoint().address(), endpoint.spiffeId()),
                _ -> new ArrayList<>());
        for (ServicePort port : service.ports()) {
          if (endpoint.ports().contains(port.number()) && !has(here, service, port)) {
            here.add(new Served(service, endpoint, port));
          }
        }
      }
    }
    return served;
  }

  /** Two registries may report one instance: the first of them speaks for it. */
  private static boolean has(List<Served> here, MeshService service, ServicePort port) {
    return here.stream()
        .anyMatch(item -> item.service().name().equals(service.name()) && item.port().equals(port));
  }

  MeshSnapshot snapshot() {
    return snapshot;
  }

  SortedMap<ServiceName, ServiceView> services() {
    return services;
  }

  /** Returns a service by its name, {@code orders.shop}. */
  Optional<ServiceView> service(String name) {
    try {
      return Optional.ofNullable(services.get(ServiceName.parse(name)));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /** Returns the service that has a virtual address. */
  Optional<ServiceView> serviceAt(String address) {
    return Optional.ofNullable(byAddress.get(CapturedListeners.canonical(address)));
  }

  /** Returns what is served at the address of a workload. */
  List<Served> servedAt(String address) {
    return byWorkload.getOrDefault(CapturedListeners.canonical(address), List.of());
  }

  /** Returns what the workload behind a node serves, in the order of names and ports. */
  List<Served> servedBy(ProxyNode node) {
    return node.address().isEmpty()
        ? List.of()
        : servedAt.getOrDefault(new Place(node.address(), node.identity().toString()), List.of());
  }

  /** Returns all resources of a type that a node without names in its subscription gets. */
  SortedMap<String, XdsResource> everything(ResourceType type, ProxyNode node) {
    return view(node).everything(type, node);
  }

  /** Returns one resource, or empty if there is no such thing for the node. */
  Optional<XdsResource> named(ResourceType type, String name, ProxyNode node) {
    if (type == ResourceType.SECRET) {
      return name.equals(TlsContexts.BUNDLES) ? Optional.of(bundles) : Optional.empty();
    }
    return view(node).named(type, name, node);
  }

  private ResourceView view(ProxyNode node) {
    return node.kind() == ProxyKind.GATEWAY ? gateways : workloads;
  }
}
