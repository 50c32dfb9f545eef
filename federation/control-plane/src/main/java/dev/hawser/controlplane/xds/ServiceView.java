package dev.hawser.controlplane.xds;

import dev.hawser.api.model.Locality;
import dev.hawser.api.model.ServicePort;
import dev.hawser.controlplane.policy.DestinationRule;
import dev.hawser.controlplane.policy.VirtualService;
import dev.hawser.controlplane.snapshot.LocalCluster;
import dev.hawser.controlplane.snapshot.MeshService;
import dev.hawser.controlplane.snapshot.MeshSnapshot;
import dev.hawser.controlplane.snapshot.RemoteCluster;
import dev.hawser.controlplane.snapshot.RemoteExport;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * One service's resources, made when they are first asked for and shared by all clients. It depends
 * on {@link Inputs} alone, so it outlives snapshots that do not touch them. Thread-safe.
 */
final class ServiceView {
  /** All that the resources of a service are made of. */
  record Inputs(
      LocalCluster local,
      MeshService service,
      Optional<DestinationRule> rule,
      Optional<VirtualService> routes,
      Map<String, RemoteCluster> remotes) {

    static Inputs of(MeshService service, MeshSnapshot snapshot) {
      Map<String, RemoteCluster> remotes = new TreeMap<>();
      for (RemoteExport export : service.remote()) {
        RemoteCluster remote = snapshot.remotes().get(export.cluster());
        if (remote != null) {
          remotes.put(remote.name(), ageless(remote));
        }
      }
      return new Inputs(
          snapshot.local(),
          service,
          snapshot.destinationRule(service.name()),
          snapshot.virtualService(service.name()),
          remotes);
    }

    /** A heartbeat changes nothing for a client. */
    private static RemoteCluster ageless(RemoteCluster remote) {
      return new RemoteCluster(
          remote.name(), remote.trustDomain(), remote.gateways(), remote.state(), Instant.EPOCH);
    }
  }

  private record Key(ResourceType type, int port, String name, Vantage vantage) {}

  /** Spellings of a host are many: beyond these they are made for each request. */
  private static final int MAX_CACHED = 512;

  private final Inputs inputs;

  /** The workload that alone is meant; empty for the service. */
  private final String address;

  private final Map<Key, XdsResource> made = new ConcurrentHashMap<>();
  private final Map<String, ServiceView> pinned = new ConcurrentHashMap<>();

  ServiceView(Inputs inputs) {
    this(inputs, "");
  }

  private ServiceView(Inputs inputs, String address) {
    this.inputs = inputs;
    this.address = address;
  }

  /** Returns the service as the workload at an address serves it, without policies for many. */
  ServiceView at(String workload) {
    ServiceView known = pinned.get(workload);
    if (known != null) {
      return known;
    }
    ServiceView made =
        new ServiceView(
            new Inputs(
                inputs.local(),
                Pinned.only(service(), workload),
                Optional.empty(),
                Optional.empty(),
                Map.of()),
            workload);
    if (pinned.size() < MAX_CACHED) {
      pinned.putIfAbsent(workload, made);
    }
    return made;
  }

  private String name(int port) {
    return address.isEmpty()
        ? EndpointResources.name(service().name(), port)
        : Pinned.name(service().name(), port, address);
  }

  Inputs inputs() {
    return inputs;
  }

  MeshService service() {
    return inputs.service();
  }

  Optional<XdsResource> cluster(int number, ProxyKind kind) {
    return service()
        .port(number)
        .map(port ->
            made(
                ResourceType.CLUSTER,
                port,
                kind,
                name ->
                    XdsResource.of(
                        name,
                        ClusterResources.service(name, service(), port, inputs.rule(), kind))));
  }

  Optional<XdsResource> endpoints(int number, ProxyNode node) {
    if (service().port(number).isEmpty()) {
      return Optional.empty();
    }
    boolean byPlace = EndpointResources.dependsOnPlace(inputs.rule());
    Vantage vantage =
        new Vantage(byPlace ? node.locality() : Locality.UNKNOWN, node.network(), node.kind());
    String name = name(number);
    return Optional.of(
        made(
            new Key(ResourceType.ENDPOINT, number, name, vantage),
            () ->
                XdsResource.of(
                    name,
                    new EndpointResources(
                            inputs.local(), service(), inputs.remotes(), inputs.rule())
                        .assignment(name, number, vantage))));
  }

  /** Returns the routes of a listener for this service alone. */
  Optional<XdsResource> routes(int number, ProxyKind kind) {
    return service()
        .port(number)
        .filter(port -> port.protocol().isHttp())
        .map(port ->
            made(
                ResourceType.ROUTE,
                port,
                kind,
                name ->
                    XdsResource.of(
                        name,
                        RouteResources.configuration(
                            name,
                            List.of(
                                address.isEmpty()
                                    ? RouteResources.host(
                                        service().name(), port, List.of("*"), inputs.routes(), kind)
                                    : RouteResources.pinned(name, port, kind))))));
  }

  /**
   * Returns the virtual host for one spelling.
   *
   * @param host as a request's authority has it
   * @param name of the resource
   */
  XdsResource virtualHost(String name, String host, ServicePort port, ProxyKind kind) {
    return made(
        new Key(ResourceType.VIRTUAL_HOST, port.number(), name, shared(kind)),
        () ->
            XdsResource.of(
                name,
                RouteResources.host(service().name(), port, List.of(host), inputs.routes(), kind)));
  }

  XdsResource exportedCluster(ServicePort port) {
    return made(
        ResourceType.CLUSTER,
        port,
        ProxyKind.GATEWAY,
        _ ->
            XdsResource.of(
                GatewayResources.name(service(), port, inputs.local().name()),
                GatewayResources.exported(service(), port, inputs.local().name())));
  }

  XdsResource exportedEndpoints(ServicePort port) {
    return made(
        ResourceType.ENDPOINT,
        port,
        ProxyKind.GATEWAY,
        _ ->
            XdsResource.of(
                GatewayResources.name(service(), port, inputs.local().name()),
                GatewayResources.exportedEndpoints(service(), port, inputs.local())));
  }

  private interface Maker {
    XdsResource make(String name);
  }

  private XdsResource made(ResourceType type, ServicePort port, ProxyKind kind, Maker maker) {
    String name = name(port.number());
    return made(new Key(type, port.number(), name, shared(kind)), () -> maker.make(name));
  }

  private static Vantage shared(ProxyKind kind) {
    return new Vantage(Locality.UNKNOWN, "", kind);
  }

  private XdsResource made(Key key, Supplier<XdsResource> maker) {
    XdsResource found = made.get(key);
    if (found != null) {
      return found;
    }
    XdsResource resource = maker.get();
    if (made.size() < MAX_CACHED) {
      made.putIfAbsent(key, resource);
    }
    return resource;
  }
}
