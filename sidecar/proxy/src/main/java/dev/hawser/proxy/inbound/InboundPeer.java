package dev.hawser.proxy.inbound;

import dev.hawser.proxy.access.AccessJudge;
import dev.hawser.proxy.filter.Downstream;
import dev.hawser.proxy.telemetry.Party;
import dev.hawser.trust.spiffe.SpiffeId;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Headers;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a connection, and for which port it came.
 *
 * @param id null in plaintext: nobody has shown who it is
 * @param party the same as metrics name it
 */
record InboundPeer(@Nullable SpiffeId id, Downstream downstream, Party party) {
  static InboundPeer of(SpiffeId id, Channel channel, String serverName) {
    return new InboundPeer(
        id,
        Downstream.verified(id, channel, serverName, ServerNames.port(serverName)),
        Party.of(id));
  }

  static InboundPeer plaintext(Channel channel) {
    return new InboundPeer(null, Downstream.plaintext(channel), Party.UNKNOWN);
  }

  /** Returns the chain for this peer, or null. */
  InboundChains.@Nullable Ready in(InboundChains chains) {
    if (downstream.tls()) {
      return chains.find(serverName());
    }
    InetSocketAddress local = downstream.local();
    return chains.plaintext(local == null ? 0 : local.getPort());
  }

  String serverName() {
    return downstream.serverName();
  }

  AccessJudge.Subject asking(@Nullable Http2Headers request) {
    return AccessJudge.Subject.of(downstream, request);
  }
}
