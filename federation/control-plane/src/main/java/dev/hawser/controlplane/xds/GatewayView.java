package dev.hawser.controlplane.xds;

import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.controlplane.snapshot.LocalCluster;
import dev.hawser.controlplane.snapshot.MeshService;
import dev.hawser.controlplane.snapshot.RemoteCluster;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a gateway sees: all that is exported, its control plane, and other clusters' gateways. */
final class GatewayView implements ResourceView {
  private final LocalCluster local;
  private final SortedMap<String, XdsResource> clusters = new TreeMap<>();
  private final SortedMap<String, XdsResource> endpoints = new TreeMap<>();

  GatewayView(XdsTranslator translator) {
    this.local = translator.snapshot().local();
    for (ServiceView view : translator.services().values()) {
      MeshService service = view.service();
      if (!service.exposure().isExported() || service.name().isClusterInternal()) {
        continue;
      }
      for (ServicePort port : service.ports()) {
        add(clusters, view.exportedCluster(port));
        add(endpoints, view.exportedEndpoints(port));
      }
    }
    for (RemoteCluster remote : translator.snapshot().remotes().values()) {
      ClusterName name = new ClusterName(remote.name(), local.name().meshDomain());
      add(clusters, XdsResource.of(name.gatewaySni(), GatewayResources.probed(remote, name)));
      add(
          endpoints,
          XdsResource.of(name.gatewaySni(), GatewayResources.probedEndpoints(remote, name)));
    }
    if (!local.controlPlanes().isEmpty()) {
      add(
          clusters,
          XdsResource.of(local.name().controlPlaneSni(), GatewayResources.controlPlane(local)));
    }
  }

  private static void add(SortedMap<String, XdsResource> all, XdsResource resource) {
    all.put(resource.name(), resource);
  }

  @Override
  public SortedMap<String, XdsResource> everything(ResourceType type, ProxyNode node) {
    return switch (type) {
      case CLUSTER -> Collections.unmodifiableSortedMap(clusters);
      case LISTENER -> listeners(node);
      default -> Collections.emptySortedMap();
    };
  }

  @Override
  public Optional<XdsResource> named(ResourceType type, String name, ProxyNode node) {
    return switch (type) {
      case CLUSTER -> Optional.ofNullable(clusters.get(name));
      case ENDPOINT -> Optional.ofNullable(endpoints.get(name));
      case LISTENER -> Optional.ofNullable(listeners(node).get(name));
      default -> Optional.empty();
    };
  }

  private SortedMap<String, XdsResource> listeners(ProxyNode node) {
    SortedMap<String, XdsResource> listeners = new TreeMap<>();
    if (!node.address().isEmpty()) {
      add(
          listeners,
          XdsResource.of(GatewayResources.LISTENER, GatewayResources.listener(node, local)));
    }
    return listeners;
  }
}
