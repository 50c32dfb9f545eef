package dev.hawser.proxy.inbound;

import dev.hawser.proxy.access.AccessJudge;
import dev.hawser.proxy.filter.Downstream;
import dev.hawser.trust.spiffe.SpiffeId;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/** Who is at the other end of a connection, and for which port it came. */
record InboundPeer(SpiffeId id, String idText, Downstream downstream) {
  static InboundPeer of(SpiffeId id, Channel channel, String serverName) {
    return new InboundPeer(
        id,
        id.toString(),
        Downstream.verified(id, channel, serverName, ServerNames.port(serverName)));
  }

  String serverName() {
    return downstream.serverName();
  }

  AccessJudge.Subject asking(@Nullable Http2Headers request) {
    return AccessJudge.Subject.of(downstream, request);
  }
}
