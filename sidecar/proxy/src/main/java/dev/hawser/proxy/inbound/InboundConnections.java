package dev.hawser.proxy.inbound;

import dev.hawser.engine.hello.Detection;
import dev.hawser.engine.hello.HelloHandler;
import dev.hawser.engine.metrics.Counter;
import dev.hawser.engine.metrics.Family;
import dev.hawser.engine.metrics.Metrics;
import dev.hawser.engine.tls.MeshTls;
import dev.hawser.engine.tls.ServerTls;
import dev.hawser.proxy.context.ProxyContext;
import dev.hawser.proxy.worker.Worker;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.verify.ExpectedPeers;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes other proxies' connections. There is no default: a name that this workload does not own, or
 * none, is refused before a certificate of ours is shown.
 */
public final class InboundConnections implements AutoCloseable {
  private static final Duration HELLO_TIMEOUT = Duration.ofSeconds(5);

  /** TLS record: fatal alert {@code unrecognized_name} (RFC 8446 section 6, RFC 6066 section 3). */
  private static final byte[] UNRECOGNIZED_NAME = {0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x70};

  private final ProxyContext context;
  private final MeshTls tls;
  private final Supplier<@Nullable InboundChains> chains;
  private final Map<List<String>, ServerTls> byProtocols = new ConcurrentHashMap<>();
  private final Family<Counter> refused;

  /**
   * Makes a taker.
   *
   * @param chains of the listener at this moment; null once it is gone
   */
  public InboundConnections(
      ProxyContext context,
      MeshTls tls,
      Metrics metrics,
      Supplier<@Nullable InboundChains> chains) {
    this.context = context;
    this.tls = tls;
    this.chains = chains;
    this.refused =
        metrics.counter(
            "hawser_inbound_refused_total",
            "Connections of others that did not come as far as a request",
            "reason");
  }

  /** Takes a channel that is about to become active; called on its loop. */
  public void take(Channel channel) {
    if (!context.connections().admit(channel)) {
      refused.with("connection-limit").increment();
      return;
    }
    channel.pipeline().addLast("hello", new HelloHandler(HELLO_TIMEOUT, this::onHello));
    channel.pipeline().addLast("quiet", new Quiet());
  }

  private void onHello(ChannelHandlerContext ctx, Detection detection) {
    Channel channel = ctx.channel();
    switch (detection) {
      case Detection.Sni(String name, List<String> _) -> {
        InboundChains present = chains.get();
        InboundChains.Ready ready = present == null ? null : present.find(name);
        if (ready == null) {
          refused.with("unknown-name").increment();
          channel
              .writeAndFlush(Unpooled.wrappedBuffer(UNRECOGNIZED_NAME))
              .addListener(ChannelFutureListener.CLOSE);
        } else {
          handshake(ctx, ready, name);
        }
      }
      case Detection.Incomplete _ -> drop(channel, "no-hello");
      case Detection.NotTls _ -> plaintext(ctx);
      case Detection.NoSni _ -> drop(channel, "no-name");
      case Detection.Malformed _ -> drop(channel, "malformed-hello");
    }
  }

  /** Without TLS nobody is taken whom no chain takes in as many words. */
  private void plaintext(ChannelHandlerContext ctx) {
    Channel channel = ctx.channel();
    InboundPeer peer = InboundPeer.plaintext(channel);
    InboundChains present = chains.get();
    if (present == null || peer.in(present) == null) {
      drop(channel, "not-tls");
      return;
    }
    channel.pipeline().remove("quiet");
    Worker worker = context.workers().of(channel.eventLoop());
    new InboundConnection(context, worker, channel, peer, null, chains).begin();
    HelloHandler.replay(ctx);
  }

  private void drop(Channel channel, String reason) {
    refused.with(reason).increment();
    var _ = channel.close();
  }

  private void handshake(ChannelHandlerContext ctx, InboundChains.Ready ready, String name) {
    Channel channel = ctx.channel();
    channel.pipeline().remove("quiet");
    ServerTls server =
        byProtocols.computeIfAbsent(
            ready.chain().alpn(), alpn -> tls.server(alpn, ExpectedPeers.any()));
    ready
        .chain()
        .handshake()
        .map(time -> server.install(channel, time))
        .orElseGet(() -> server.install(channel))
        .addListener((Future<SpiffeId> verified) -> onVerified(channel, verified, name));
    channel.pipeline().addLast("quiet", new Quiet());
    HelloHandler.replay(ctx);
  }

  private void onVerified(Channel channel, Future<SpiffeId> verified, String name) {
    if (!verified.isSuccess()) {
      refused.with("handshake").increment();
      return;
    }
    Worker worker = context.workers().of(channel.eventLoop());
    SslHandler handler = channel.pipeline().get(SslHandler.class);
    String alpn = handler == null ? null : handler.applicationProtocol();
    InboundPeer peer = InboundPeer.of(verified.getNow(), channel, name);
    channel.pipeline().remove("quiet");
    // The configuration may have changed during the handshake: it is looked up again.
    new InboundConnection(context, worker, channel, peer, alpn, chains).begin();
  }

  @Override
  public void close() {
    byProtocols.values().forEach(ServerTls::close);
    byProtocols.clear();
  }

  /** The end of a pipeline while there is nothing to say to anybody. */
  private static final class Quiet extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      var _ = ctx.close();
    }
  }
}
