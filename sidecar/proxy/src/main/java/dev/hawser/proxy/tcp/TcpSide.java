package dev.hawser.proxy.tcp;

import dev.hawser.proxy.balance.Endpoint;
import dev.hawser.proxy.upstream.Upstream;
import dev.hawser.trust.spiffe.SpiffeId;
import org.jspecify.annotations.Nullable;

/** Takes note of connections of raw bytes in one direction. Called on their event loop. */
public interface TcpSide {
  /** One connection. */
  interface Entry {
    void moved(long fromCaller, long toCaller);

    /**
     * It is over.
     *
     * @param flags Envoy's response flags, maybe empty
     */
    void closed(long fromCaller, long toCaller, String flags);
  }

  /**
   * A connection is through to its endpoint, or has nowhere to go.
   *
   * @param endpoint null if there is none
   * @param peer who serves, verified; null without TLS
   * @param attempts tries so far
   */
  Entry opened(
      Upstream upstream, @Nullable Endpoint endpoint, @Nullable SpiffeId peer, int attempts);
}
