package dev.hawser.proxy.filter;

import dev.hawser.proxy.capture.OriginalDestination;
import dev.hawser.trust.spiffe.SpiffeId;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The connection that a request came on.
 *
 * @param peer the caller's verified identity; null in plaintext
 * @param peerText the same as it is written; null in plaintext
 * @param remote where it came from; null if that is no address
 * @param local where it came to, before it was redirected here; null if that is no address
 * @param redirected whether it was going elsewhere
 * @param serverName that the caller asked for, in lower case; empty in plaintext
 * @param servicePort of the service, which the server name says; 0 if it says none
 * @param tls whether the mesh's mutual TLS carries it
 */
public record Downstream(
    @Nullable SpiffeId peer,
    @Nullable String peerText,
    @Nullable InetSocketAddress remote,
    @Nullable InetSocketAddress local,
    boolean redirected,
    String serverName,
    int servicePort,
    boolean tls) {

  /** Returns the facts of a connection of the own workload. */
  public static Downstream plaintext(Channel channel) {
    InetSocketAddress original = OriginalDestination.of(channel);
    return new Downstream(
        null,
        null,
        address(channel.remoteAddress()),
        original == null ? address(channel.localAddress()) : original,
        original != null,
        "",
        0,
        false);
  }

  /** Returns the facts of a verified peer's connection. */
  public static Downstream verified(
      SpiffeId peer, Channel channel, String serverName, int servicePort) {
    InetSocketAddress original = OriginalDestination.of(channel);
    return new Downstream(
        peer,
        peer.toString(),
        address(channel.remoteAddress()),
        original == null ? address(channel.localAddress()) : original,
        original != null,
        serverName,
        servicePort,
        true);
  }

  private static @Nullable InetSocketAddress address(@Nullable Object address) {
    return address instanceof InetSocketAddress found ? found : null;
  }

  /** Returns where it came from without its port, or null. */
  public @Nullable InetAddress source() {
    return remote == null ? null : remote.getAddress();
  }
}
