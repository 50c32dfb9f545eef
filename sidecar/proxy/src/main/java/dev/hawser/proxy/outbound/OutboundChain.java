package dev.hawser.proxy.outbound;

import dev.hawser.proxy.context.ConnectionCap;
import dev.hawser.proxy.filter.Filters;
import dev.hawser.proxy.model.ListenerConfig;
import dev.hawser.proxy.observe.Observer;
import dev.hawser.proxy.observe.Observers;
import dev.hawser.proxy.routing.HttpPlan;
import org.jspecify.annotations.Nullable;

/**
 * What is done with a listener's connections, ready for use. Immutable.
 *
 * @param http its plan; null for raw bytes
 * @param observer null if nothing is told about it but metrics
 * @param cap of its connections; null if there is none
 */
record OutboundChain(
    ListenerConfig.Chain chain,
    @Nullable HttpPlan http,
    @Nullable Observer observer,
    @Nullable ConnectionCap cap) {
  /** Returns what the bytes are. */
  ListenerConfig.Content content() {
    return chain.content();
  }

  /**
   * Compiles a chain.
   *
   * @param before for the same port of the same listener: if nothing has changed it stays, with
   *     what its filters know
   */
  static OutboundChain of(
      ListenerConfig.Chain chain,
      Filters filters,
      Observers observers,
      @Nullable OutboundChain before) {
    if (before != null && before.chain().equals(chain)) {
      return before;
    }
    ConnectionCap cap = ConnectionCap.of(chain, before == null ? null : before.cap());
    if (before != null && before.content().equals(chain.content())) {
      return new OutboundChain(chain, before.http(), before.observer(), cap);
    }
    return switch (chain.content()) {
      case ListenerConfig.Content.Http http -> {
        HttpPlan plan = HttpPlan.of(http, filters, observers, false);
        yield new OutboundChain(chain, plan, plan.observer(), cap);
      }
      case ListenerConfig.Content.Tcp tcp ->
          new OutboundChain(chain, null, observers.of(tcp.logs(), false), cap);
    };
  }
}
