package dev.hawser.controlplane.xds;

import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.MeshHost;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.policy.VirtualService;
import dev.hawser.controlplane.policy.VirtualService.Destination;
import dev.hawser.controlplane.policy.VirtualService.HttpRule;
import dev.hawser.controlplane.snapshot.MeshService;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.Vhds;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a workload's client sees: what it serves, and any service that it asks for. */
final class WorkloadView implements ResourceView {
  private static final String BY_HOST = OutboundListeners.HTTP + "/";

  private final XdsTranslator translator;
  private final CapturedListeners captured;
  private final XdsResource onDemand;

  WorkloadView(XdsTranslator translator) {
    this.translator = translator;
    this.captured = new CapturedListeners(translator);
    ConfigSource ads = TlsContexts.ads();
    this.onDemand =
        XdsResource.of(
            OutboundListeners.HTTP,
            RouteConfiguration.newBuilder()
                .setName(OutboundListeners.HTTP)
                .setVhds(Vhds.newBuilder().setConfigSource(ads))
                .build());
  }

  @Override
  public SortedMap<String, XdsResource> everything(ResourceType type, ProxyNode node) {
    if (node.kind() == ProxyKind.GRPC) {
      return Collections.emptySortedMap();
    }
    return switch (type) {
      case LISTENER -> listeners(node);
      case CLUSTER -> clusters(node);
      default -> Collections.emptySortedMap();
    };
  }

  @Override
  public Optional<XdsResource> named(ResourceType type, String name, ProxyNode node) {
    return switch (type) {
      case LISTENER -> listener(name, node);
      case CLUSTER -> cluster(name, node);
      case ENDPOINT -> target(name).flatMap(found -> found.view().endpoints(found.port(), node));
      case ROUTE -> routes(name, node);
      case VIRTUAL_HOST -> virtualHost(name, node);
      case SECRET -> Optional.empty();
    };
  }

  private Optional<XdsResource> listener(String name, ProxyNode node) {
    if (node.kind() == ProxyKind.GRPC) {
      return grpcListener(name, node);
    }
    return CapturedListeners.isOne(name)
        ? captured.named(name, node.kind()).map(listener -> XdsResource.of(name, listener))
        : Optional.ofNullable(listeners(node).get(name));
  }

  private Optional<XdsResource> cluster(String name, ProxyNode node) {
    return ClusterResources.isInbound(name)
        ? application(name, node)
        : PassThrough.cluster(name).or(() -> service(name, node));
  }

  private Optional<XdsResource> service(String name, ProxyNode node) {
    return target(name).flatMap(found -> found.view().cluster(found.port(), node.kind()));
  }

  private Optional<XdsResource> application(String name, ProxyNode node) {
    return translator.servedBy(node).stream()
        .filter(served ->
            ClusterResources.inboundName(served.service(), served.port().number()).equals(name))
        .findFirst()
        .map(served -> application(served, node));
  }

  private static XdsResource application(Served served, ProxyNode node) {
    return XdsResource.of(
        ClusterResources.inboundName(served.service(), served.port().number()),
        ClusterResources.application(
            served.service(), served.endpoint(), served.port(), node.appHost()));
  }

  private SortedMap<String, XdsResource> listeners(ProxyNode node) {
    SortedMap<String, XdsResource> listeners = new TreeMap<>();
    List<Served> served = translator.servedBy(node);
    if (!served.isEmpty()) {
      add(listeners, InboundListener.of(node, served, translator.snapshot()));
    }
    if (node.captured().isPresent()) {
      add(listeners, OutboundListeners.captured(node, node.captured().get()));
    } else if (node.kind() == ProxyKind.SIDECAR || !node.upstreams().isEmpty()) {
      add(listeners, OutboundListeners.byHost(node));
    }
    for (ExplicitUpstream upstream : node.upstreams()) {
      port(upstream)
          .ifPresent(
              port -> add(listeners, OutboundListeners.explicit(upstream, port, node.kind())));
    }
    return listeners;
  }

  private static void add(SortedMap<String, XdsResource> listeners, Listener listener) {
    listeners.put(listener.getName(), XdsResource.of(listener.getName(), listener));
  }

  private Optional<ServicePort> port(ExplicitUpstream upstream) {
    ServiceView view = translator.services().get(upstream.service());
    return view == null ? Optional.empty() : view.service().port(upstream.port());
  }

  /** An Envoy that asks for everything gets what its listeners point at, and no more. */
  private SortedMap<String, XdsResource> clusters(ProxyNode node) {
    SortedMap<String, XdsResource> clusters = new TreeMap<>();
    for (Served served : translator.servedBy(node)) {
      XdsResource cluster = application(served, node);
      clusters.put(cluster.name(), cluster);
    }
    Set<String> names = new LinkedHashSet<>();
    for (ExplicitUpstream upstream : node.upstreams()) {
      names.add(EndpointResources.name(upstream.service(), upstream.port()));
      port(upstream).ifPresent(port -> names.addAll(routedTo(upstream.service(), port)));
    }
    for (String name : names) {
      service(name, node).ifPresent(cluster -> clusters.put(name, cluster));
    }
    return clusters;
  }

  private List<String> routedTo(ServiceName service, ServicePort port) {
    List<String> names = new ArrayList<>();
    List<HttpRule> rules =
        translator.snapshot().virtualService(service).map(VirtualService::http).orElse(List.of());
    for (HttpRule rule : rules) {
      for (Destination destination : rule.destinations()) {
        names.add(RouteResources.clusterOf(destination, port));
      }
    }
    return names;
  }

  private Optional<XdsResource> routes(String name, ProxyNode node) {
    if (!name.equals(OutboundListeners.HTTP)) {
      return target(name).flatMap(found -> found.view().routes(found.port(), node.kind()));
    }
    if (node.kind() == ProxyKind.SIDECAR) {
      return Optional.of(onDemand);
    }
    return Optional.of(XdsResource.of(name, RouteResources.configuration(name, declared(node))));
  }

  /** Envoy's host names are those of the services that its node declares. */
  private List<VirtualHost> declared(ProxyNode node) {
    SortedMap<String, VirtualHost> hosts = new TreeMap<>();
    Set<String> taken = new LinkedHashSet<>();
    for (ExplicitUpstream upstream : node.upstreams()) {
      ServiceView view = translator.services().get(upstream.service());
      Optional<ServicePort> port = port(upstream).filter(found -> found.protocol().isHttp());
      String name = EndpointResources.name(upstream.service(), upstream.port());
      if (view == null || port.isEmpty() || hosts.containsKey(name)) {
        continue;
      }
      List<String> domains =
          HostNames.authorities(
                  view.service(),
                  port.get(),
                  node.namespace(),
                  translator.snapshot().local().consulNamespace())
              .stream()
              .filter(taken::add)
              .toList();
      hosts.put(
          name,
          RouteResources.host(
              upstream.service(), port.get(), domains, view.inputs().routes(), node.kind()));
    }
    return List.copyOf(hosts.values());
  }

  private Optional<XdsResource> virtualHost(String name, ProxyNode node) {
    if (!name.startsWith(BY_HOST)) {
      return Optional.empty();
    }
    String host = name.substring(BY_HOST.length());
    return HostNames.authority(host)
        .flatMap(authority ->
            resolve(authority, node)
                .flatMap(view ->
                    HostNames.port(view.service(), authority)
                        .map(port -> view.virtualHost(name, host, port, node.kind()))));
  }

  private Optional<XdsResource> grpcListener(String name, ProxyNode node) {
    return HostNames.authority(name)
        .flatMap(authority ->
            resolve(authority, node)
                .flatMap(view -> grpcListener(name, view.service(), authority)));
  }

  private static Optional<XdsResource> grpcListener(
      String name, MeshService service, HostNames.Authority authority) {
    return HostNames.grpcPort(service, authority)
        .map(port ->
            XdsResource.of(
                name,
                OutboundListeners.grpc(
                    name, EndpointResources.name(service.name(), port.number()))));
  }

  private Optional<ServiceView> resolve(HostNames.Authority authority, ProxyNode node) {
    return MeshHost.resolve(
            authority.host(), node.namespace(), translator.snapshot().local().consulNamespace())
        .map(service -> translator.services().get(service));
  }

  private record Target(ServiceView view, int port) {}

  /**
   * Reads {@code orders.shop:8080}, or {@code orders.shop:8080@10.244.1.7} for one workload; empty
   * if there is no such service.
   */
  private Optional<Target> target(String name) {
    String address = Pinned.address(name);
    return HostNames.authority(Pinned.withoutAddress(name))
        .filter(found -> found.port() != 0 && !name.endsWith("@"))
        .flatMap(authority ->
            translator
                .service(authority.host())
                .map(view ->
                    new Target(address.isEmpty() ? view : view.at(address), authority.port())));
  }
}
