package dev.hawser.engine.tls;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLException;

/**
 * TLS to servers that are not of the mesh: their chain ends at one of some authorities and their
 * certificate names them (RFC 9525). Nothing of ours is shown to them. Safe for use by any thread.
 */
public final class WebTls implements OutgoingTls {
  /** Part of the key under which sessions are kept, beside the server name; no port is meant. */
  private static final int SESSION_PORT = 443;

  private final SslContext context;
  private final Duration handshakeTimeout;

  private WebTls(SslContext context, Duration handshakeTimeout) {
    this.context = context;
    this.handshakeTimeout = handshakeTimeout;
  }

  /**
   * Returns TLS to some servers.
   *
   * @param authorities that are trusted; none for those of the platform
   * @param alpn application protocols in the order of preference; may be empty
   * @throws SSLException if the authorities cannot be used
   */
  public static WebTls to(List<X509Certificate> authorities, List<String> alpn)
      throws SSLException {
    MeshTls.Options options = MeshTls.Options.defaults();
    return new WebTls(
        Contexts.web(options.provider(), authorities, alpn), options.handshakeTimeout());
  }

  @Override
  public Future<?> install(Channel channel, String serverName) {
    if (serverName.isEmpty()) {
      // Without a name there is nothing that a certificate could prove.
      var _ = channel.close();
      return channel
          .eventLoop()
          .newFailedFuture(new SSLException("server name: none (expected: one to be verified)"));
    }
    SslHandler handler = context.newHandler(channel.alloc(), serverName, SESSION_PORT);
    handler.setHandshakeTimeoutMillis(handshakeTimeout.toMillis());
    channel.pipeline().addLast(MeshTls.SSL, handler);
    return handler.handshakeFuture();
  }

  @Override
  public void close() {
    // The collector frees the context once no connection uses it.
  }
}
