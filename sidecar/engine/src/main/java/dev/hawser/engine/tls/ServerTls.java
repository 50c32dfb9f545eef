package dev.hawser.engine.tls;

import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.verify.ExpectedPeers;
import dev.hawser.trust.verify.Role;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLException;

/** Accepts mutual TLS. Safe for use by any thread. */
public final class ServerTls implements AutoCloseable {
  private final MeshTls tls;
  private final ExpectedPeers expected;
  private final RotatingContext context;

  ServerTls(MeshTls tls, List<String> alpn, ExpectedPeers expected) {
    this.tls = tls;
    this.expected = expected;
    List<String> protocols = List.copyOf(alpn);
    this.context =
        new RotatingContext(
            tls,
            svid ->
                Contexts.server(
                    svid, tls.options().provider(), protocols, tls.trustManager(expected)));
  }

  /**
   * Adds TLS at the end of a pipeline; call it on the channel's loop and add what reads the
   * plaintext afterwards. Without an identity the channel is closed.
   *
   * @return completes on the channel's loop with the verified peer, or fails
   */
  public Future<SpiffeId> install(Channel channel) {
    return install(channel, tls.options().handshakeTimeout());
  }

  /**
   * The same.
   *
   * @param time how long the handshake may take, positive; then the channel is closed
   */
  public Future<SpiffeId> install(Channel channel, Duration time) {
    Promise<SpiffeId> verified = channel.eventLoop().newPromise();
    try {
      SslHandler handler = context.handler(channel, built -> built.newHandler(channel.alloc()));
      handler.setHandshakeTimeoutMillis(Math.max(1, time.toMillis()));
      channel
          .pipeline()
          .addLast(MeshTls.SSL, handler)
          .addLast(MeshTls.PEER, new PeerCheck(tls, Role.CLIENT, expected, verified));
    } catch (SSLException e) {
      verified.setFailure(e);
      var _ = channel.close();
    }
    return verified;
  }

  /** Gives up the native memory of the context; connections that stand are not touched. */
  @Override
  public void close() {
    context.close();
  }
}
