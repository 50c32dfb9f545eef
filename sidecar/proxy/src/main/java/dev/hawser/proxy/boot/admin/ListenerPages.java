package dev.hawser.proxy.boot.admin;

import dev.hawser.engine.admin.AdminResponse;
import dev.hawser.engine.admin.pages.EnvoyJson;
import dev.hawser.proxy.model.Address;
import dev.hawser.proxy.model.ListenerConfig;
import io.envoyproxy.envoy.admin.v3.ListenerStatus;
import io.envoyproxy.envoy.admin.v3.Listeners;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import java.util.List;

/** {@code /listeners} as Envoy has it: {@code name::address} lines, or {@code Listeners}. */
public final class ListenerPages {
  private ListenerPages() {}

  /** Returns the lines. */
  public static AdminResponse text(List<ListenerConfig> listeners) {
    StringBuilder out = new StringBuilder();
    for (ListenerConfig listener : listeners) {
      for (Address address : listener.addresses()) {
        out.append(listener.name()).append("::").append(address).append('\n');
      }
    }
    return AdminResponse.text(200, out.toString());
  }

  /** Returns the message. */
  public static AdminResponse json(List<ListenerConfig> listeners) {
    Listeners.Builder all = Listeners.newBuilder();
    for (ListenerConfig listener : listeners) {
      ListenerStatus.Builder status =
          ListenerStatus.newBuilder()
              .setName(listener.name())
              .setLocalAddress(socket(listener.address()));
      listener.reach().also().forEach(more -> status.addAdditionalLocalAddresses(socket(more)));
      all.addListenerStatuses(status);
    }
    return AdminResponse.json(200, EnvoyJson.write(all.build()));
  }

  private static io.envoyproxy.envoy.config.core.v3.Address socket(Address address) {
    return io.envoyproxy.envoy.config.core.v3.Address.newBuilder()
        .setSocketAddress(
            SocketAddress.newBuilder().setAddress(address.host()).setPortValue(address.port()))
        .build();
  }
}
