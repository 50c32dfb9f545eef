package dev.hawser.proxy.inbound;

import dev.hawser.proxy.model.ListenerConfig;
import dev.hawser.proxy.routing.HostTable;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The chains of a listener by server name: the exact one, else the longest suffix. Immutable. */
public final class InboundChains {
  /**
   * A chain, ready for use.
   *
   * @param table of its requests; empty if they come by name, or for raw bytes
   */
  record Ready(ListenerConfig.Chain chain, Optional<HostTable> table) {}

  private final Map<String, Ready> exact = new HashMap<>();
  private final Map<String, Ready> suffixes = new HashMap<>();

  /** Sorts the chains; one without names takes nobody. */
  public InboundChains(ListenerConfig config) {
    for (ListenerConfig.Chain chain : config.chains()) {
      Optional<HostTable> table =
          chain.content() instanceof ListenerConfig.Content.Http http
                  && http.routes() instanceof ListenerConfig.Routes.Inline inline
              ? Optional.of(new HostTable(inline.table()))
              : Optional.empty();
      Ready ready = new Ready(chain, table);
      for (String name : chain.serverNames()) {
        if (name.startsWith("*.")) {
          suffixes.putIfAbsent(name.substring(1), ready);
        } else {
          exact.putIfAbsent(name, ready);
        }
      }
    }
  }

  /** Returns the chain for a name in lower case, or null. */
  @Nullable Ready find(String serverName) {
    Ready found = exact.get(serverName);
    for (int dot = serverName.indexOf('.'); found == null && dot >= 0; ) {
      found = suffixes.get(serverName.substring(dot));
      dot = serverName.indexOf('.', dot + 1);
    }
    return found;
  }
}
