package dev.hawser.proxy.outbound;

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
 */
public record OutboundChain(
    ListenerConfig.Content content, @Nullable HttpPlan http, @Nullable Observer observer) {
  /**
   * Compiles the only chain of a listener.
   *
   * @param before of the same listener: if nothing has changed it stays, with what its filters know
   */
  public static OutboundChain of(
      ListenerConfig config, Filters filters, Observers observers, @Nullable OutboundChain before) {
    ListenerConfig.Content content = config.chains().getFirst().content();
    if (before != null && before.content().equals(content)) {
      return before;
    }
    return switch (content) {
      case ListenerConfig.Content.Http http -> {
        HttpPlan plan = HttpPlan.of(http, filters, observers, false);
        yield new OutboundChain(content, plan, plan.observer());
      }
      case ListenerConfig.Content.Tcp tcp ->
          new OutboundChain(content, null, observers.of(tcp.logs(), false));
    };
  }
}
