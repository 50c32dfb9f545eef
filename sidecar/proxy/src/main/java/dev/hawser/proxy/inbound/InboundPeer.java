package dev.hawser.proxy.inbound;

import dev.hawser.proxy.access.AccessJudge;
import dev.hawser.trust.spiffe.SpiffeId;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Headers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a connection, and for which port it came.
 *
 * @param source null if the connection has no address
 * @param port of the service
 */
record InboundPeer(
    SpiffeId id, String idText, @Nullable InetAddress source, String serverName, int port) {
  static InboundPeer of(SpiffeId id, Channel channel, String serverName) {
    InetAddress source =
        channel.remoteAddress() instanceof InetSocketAddress address ? address.getAddress() : null;
    return new InboundPeer(id, id.toString(), source, serverName, ServerNames.port(serverName));
  }

  AccessJudge.Subject asking(@Nullable Http2Headers request) {
    return new AccessJudge.Subject(idText, source, serverName, port, request);
  }
}
