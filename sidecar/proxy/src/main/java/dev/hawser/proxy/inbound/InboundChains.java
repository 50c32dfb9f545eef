package dev.hawser.proxy.inbound;

import dev.hawser.proxy.context.ConnectionCap;
import dev.hawser.proxy.filter.Filters;
import dev.hawser.proxy.model.ListenerConfig;
import dev.hawser.proxy.observe.Observer;
import dev.hawser.proxy.observe.Observers;
import dev.hawser.proxy.routing.HttpPlan;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The chains of a listener by server name: the exact one, else the longest suffix. Immutable. */
public final class InboundChains {
  /**
   * A chain, ready for use.
   *
   * @param http its plan; null for raw bytes
   * @param observer null if nothing is told about it but metrics
   * @param cap of its connections; null if there is none
   */
  record Ready(
      ListenerConfig.Chain chain,
      @Nullable HttpPlan http,
      @Nullable Observer observer,
      @Nullable ConnectionCap cap) {}

  private final Map<ListenerConfig.Chain, Ready> ready = new HashMap<>();
  private final Map<String, Ready> exact = new HashMap<>();
  private final Map<String, Ready> suffixes = new HashMap<>();
  private final Map<Integer, Ready> plaintextByPort = new HashMap<>();
  private @Nullable Ready plaintext;

  /**
   * Sorts the chains; one without names takes nobody.
   *
   * @param before chains of the same listener: one that is the same keeps its filters and what they
   *     know
   */
  public InboundChains(
      ListenerConfig config, Filters filters, Observers observers, @Nullable InboundChains before) {
    for (ListenerConfig.Chain chain : config.chains()) {
      Ready ready = before == null ? null : before.ready.get(chain);
      if (ready == null) {
        ready = ready(chain, filters, observers, before);
      }
      this.ready.put(chain, ready);
      if (!chain.tls()) {
        putPlaintext(chain, ready);
        continue;
      }
      for (String name : chain.serverNames()) {
        if (name.startsWith("*.")) {
          suffixes.putIfAbsent(name.substring(1), ready);
        } else {
          exact.putIfAbsent(name, ready);
        }
      }
    }
  }

  private static Ready ready(
      ListenerConfig.Chain chain,
      Filters filters,
      Observers observers,
      @Nullable InboundChains before) {
    ConnectionCap cap = ConnectionCap.of(chain, before == null ? null : before.cap(chain.name()));
    return switch (chain.content()) {
      case ListenerConfig.Content.Http http -> {
        HttpPlan plan = HttpPlan.of(http, filters, observers, true);
        yield new Ready(chain, plan, plan.observer(), cap);
      }
      case ListenerConfig.Content.Tcp tcp ->
          new Ready(chain, null, observers.of(tcp.logs(), true), cap);
    };
  }

  private @Nullable ConnectionCap cap(String name) {
    for (Ready known : ready.values()) {
      if (known.chain().name().equals(name)) {
        return known.cap();
      }
    }
    return null;
  }

  private void putPlaintext(ListenerConfig.Chain chain, Ready ready) {
    if (chain.port().isPresent()) {
      plaintextByPort.putIfAbsent(chain.port().get(), ready);
    } else if (plaintext == null) {
      plaintext = ready;
    }
  }

  /** Returns the chain for a connection without TLS to this port, or null: it is not taken. */
  @Nullable Ready plaintext(int port) {
    Ready found = plaintextByPort.get(port);
    return found == null ? plaintext : found;
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
