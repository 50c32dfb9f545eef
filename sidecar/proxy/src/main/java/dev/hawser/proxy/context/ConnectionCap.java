package dev.hawser.proxy.context;

import dev.hawser.proxy.model.ListenerConfig;
import io.netty.channel.Channel;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Bounds the connections of one chain of a listener. Safe for use by any thread. */
public final class ConnectionCap {
  private final int most;
  private final AtomicInteger open;

  private ConnectionCap(int most, AtomicInteger open) {
    this.most = most;
    this.open = open;
  }

  /**
   * Returns the cap of a chain, or null if it has none.
   *
   * @param before of the same chain: those that stand go on counting
   */
  public static @Nullable ConnectionCap of(
      ListenerConfig.Chain chain, @Nullable ConnectionCap before) {
    Optional<Integer> most = chain.maxConnections();
    if (most.isEmpty()) {
      return null;
    }
    return before == null
        ? new ConnectionCap(most.get(), new AtomicInteger())
        : new ConnectionCap(most.get(), before.open);
  }

  /** Counts a channel until it closes if there is room, else closes it. */
  public boolean admit(Channel channel) {
    if (open.incrementAndGet() > most) {
      open.decrementAndGet();
      var _ = channel.close();
      return false;
    }
    channel.closeFuture().addListener(_ -> open.decrementAndGet());
    return true;
  }
}
