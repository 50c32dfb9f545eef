package dev.hawser.controlplane.admin;

import dev.hawser.api.admin.ClusterStatus.GatewayStatus;
import dev.hawser.api.admin.ClusterStatus.ProxyStatus;
import dev.hawser.controlplane.xds.ConnectedProxy;
import dev.hawser.controlplane.xds.ProxyKind;
import dev.hawser.controlplane.xds.ProxyRegistry;
import java.util.List;

/** What the administration sees of the clients of the configuration stream. */
public final class ProxyDirectory {
  private final ProxyRegistry registry;

  public ProxyDirectory(ProxyRegistry registry) {
    this.registry = registry;
  }

  List<ProxyStatus> proxies() {
    return registry.proxies().stream().map(ProxyDirectory::proxy).toList();
  }

  List<GatewayStatus> gateways() {
    return registry.proxies().stream()
        .filter(proxy -> proxy.kind() == ProxyKind.GATEWAY)
        .map(proxy -> new GatewayStatus(proxy.id(), proxy.advertise(), true, proxy.since()))
        .toList();
  }

  private static ProxyStatus proxy(ConnectedProxy proxy) {
    return new ProxyStatus(
        proxy.id(),
        proxy.identity(),
        proxy.address(),
        proxy.kind().label(),
        proxy.synced(),
        proxy.nack(),
        proxy.since());
  }
}
