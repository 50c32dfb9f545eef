package dev.hawser.bench.backend;

import dev.hawser.trust.svid.Svid;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.X509Certificate;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/** The applications behind the subjects, all on one thread of this process. */
public final class Backends implements AutoCloseable {
  /** Where all of them listen in a run. */
  public static final String HOST = "127.77.0.1";

  /** HTTP/1.1. */
  public static final int HTTP1 = 8080;

  /** HTTP/2 without TLS, also gRPC. */
  public static final int HTTP2 = 8081;

  /** HTTP/1.1 over TLS 1.3: what sits behind a gateway that does not decrypt. */
  public static final int TLS = 8443;

  /** The same, and wants a certificate; a client that offers a session resumes it. */
  public static final int MUTUAL_TLS = 8444;

  private static final int BACKLOG = 4096;

  private final EventLoopGroup loop = new EpollEventLoopGroup(1);

  private final String host;

  private Backends(String host) {
    this.host = host;
  }

  /**
   * Starts them.
   *
   * @param host an IP address of this machine
   * @param identity whose certificate those with TLS show
   * @param root of the certificates that they trust
   * @throws SSLException if TLS cannot be had
   */
  public static Backends start(String host, Svid identity, X509Certificate root)
      throws SSLException {
    Backends backends = new Backends(host);
    SslContext plainTls =
        SslContextBuilder.forServer(
                identity.privateKey(), identity.chain().toArray(X509Certificate[]::new))
            .sslProvider(SslProvider.OPENSSL)
            .protocols("TLSv1.3")
            .build();
    SslContext mutual =
        SslContextBuilder.forServer(
                identity.privateKey(), identity.chain().toArray(X509Certificate[]::new))
            .sslProvider(SslProvider.OPENSSL)
            .protocols("TLSv1.3")
            .trustManager(root)
            .clientAuth(ClientAuth.REQUIRE)
            .build();
    // Sessions live in tickets alone, whose keys the library makes.
    ((OpenSslSessionContext) mutual.sessionContext()).setSessionCacheEnabled(false);
    backends.listen(HTTP1, () -> new ChannelHandler[] {new Http1Backend()});
    backends.listen(HTTP2, Http2Backend::handlers);
    backends.listen(TLS, plainTls);
    backends.listen(MUTUAL_TLS, mutual);
    return backends;
  }

  private void listen(int port, SslContext tls) {
    listen(
        port,
        channel -> channel.pipeline().addLast(tls.newHandler(channel.alloc()), new Http1Backend()));
  }

  private void listen(int port, Supplier<ChannelHandler[]> handlers) {
    listen(port, channel -> channel.pipeline().addLast(handlers.get()));
  }

  private void listen(int port, java.util.function.Consumer<Channel> child) {
    new ServerBootstrap()
        .group(loop)
        .channel(EpollServerSocketChannel.class)
        .option(io.netty.channel.ChannelOption.SO_BACKLOG, BACKLOG)
        .childOption(io.netty.channel.ChannelOption.TCP_NODELAY, true)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                child.accept(channel);
              }
            })
        .bind(host, port)
        .syncUninterruptibly();
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
