package dev.hawser.engine.tls;

import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.verify.ExpectedPeers;
import dev.hawser.trust.verify.Role;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.List;
import javax.net.ssl.SSLException;

/** Opens mutual TLS to one kind of peer. Safe for use by any thread. */
public final class ClientTls implements OutgoingTls {
  /** Part of the key under which sessions are kept, beside the server name; no port is meant. */
  private static final int SESSION_PORT = 15006;

  private final MeshTls tls;
  private final ExpectedPeers expected;
  private final RotatingContext context;

  ClientTls(MeshTls tls, List<String> alpn, ExpectedPeers expected) {
    this.tls = tls;
    this.expected = expected;
    List<String> protocols = List.copyOf(alpn);
    this.context =
        new RotatingContext(
            tls,
            svid ->
                Contexts.client(
                    svid, tls.options().provider(), protocols, tls.trustManager(expected)));
  }

  /**
   * Adds TLS at the end of a pipeline; call it on the channel's loop and add what reads the
   * plaintext afterwards. Without an identity the channel is closed.
   *
   * @param sni the server name to send; sessions are resumed per name, never across names
   * @return completes on the channel's loop with the verified peer, or fails
   */
  @Override
  public Future<SpiffeId> install(Channel channel, String sni) {
    Promise<SpiffeId> verified = channel.eventLoop().newPromise();
    try {
      channel
          .pipeline()
          .addLast(
              MeshTls.SSL,
              context.handler(
                  channel, built -> built.newHandler(channel.alloc(), sni, SESSION_PORT)))
          .addLast(MeshTls.PEER, new PeerCheck(tls, Role.SERVER, expected, verified));
    } catch (SSLException e) {
      verified.setFailure(e);
      var _ = channel.close();
    }
    return verified;
  }

  /**
   * Gives up the context with its kept sessions; connections that stand are not touched, and the
   * next one begins afresh.
   */
  @Override
  public void close() {
    context.close();
  }
}
