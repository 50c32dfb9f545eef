package dev.hawser.proxy.outbound;

import dev.hawser.proxy.filter.Filters;
import dev.hawser.proxy.model.ListenerConfig;
import dev.hawser.proxy.observe.Observers;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The chains of a listener of the own workload, by the port that a connection was for. Immutable.
 */
public final class OutboundChains {
  private final ListenerConfig config;
  private final Map<Integer, OutboundChain> byPort = new HashMap<>();
  private final @Nullable OutboundChain rest;

  /**
   * Compiles them.
   *
   * @param before of the same listener: a chain that is the same keeps its filters and what they
   *     know
   */
  public OutboundChains(
      ListenerConfig config,
      Filters filters,
      Observers observers,
      @Nullable OutboundChains before) {
    this.config = config;
    OutboundChain any = null;
    for (ListenerConfig.Chain chain : config.chains()) {
      Integer port = chain.port().orElse(null);
      if (port == null) {
        any = OutboundChain.of(chain, filters, observers, before == null ? null : before.rest);
      } else {
        OutboundChain known = before == null ? null : before.byPort.get(port);
        byPort.put(port, OutboundChain.of(chain, filters, observers, known));
      }
    }
    rest = any;
  }

  ListenerConfig config() {
    return config;
  }

  /** Returns the chain for a port, or null: nobody is served there. */
  @Nullable OutboundChain find(int port) {
    return byPort.isEmpty() ? rest : byPort.getOrDefault(port, rest);
  }
}
