package dev.hawser.engine.tls;

import dev.hawser.engine.loop.ClientOptions;
import dev.hawser.engine.loop.EventLoops;
import dev.hawser.engine.loop.ListenOptions;
import dev.hawser.engine.loop.Listener;
import dev.hawser.engine.testing.MutableIdentity;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.verify.ExpectedPeers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that echoes, and clients of it, each side with its own identity. */
final class TlsPair implements AutoCloseable {
  static final String SNI = "p8080.orders.shop.east.mesh.internal";

  final EventLoops loops = EventLoops.start(new EventLoops.Options(2, true, "tls-test"));
  final MeshTls serverSide;
  final MeshTls clientSide;
  final ServerTls server;
  final ClientTls client;

  /** Times that each side asked whether its peer is expected. */
  final AtomicInteger serverAsked = new AtomicInteger();

  final AtomicInteger clientAsked = new AtomicInteger();
  final AtomicInteger echoed = new AtomicInteger();
  final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
  private final Listener listener;

  TlsPair(
      TlsProvider serverProvider,
      MutableIdentity serverIdentity,
      TlsProvider clientProvider,
      MutableIdentity clientIdentity,
      ExpectedPeers serverExpects,
      ExpectedPeers clientExpects)
      throws IOException {
    serverSide = MeshTls.start(serverIdentity, options(serverProvider));
    clientSide = MeshTls.start(clientIdentity, options(clientProvider));
    server = serverSide.server(List.of("h2", "http/1.1"), counting(serverExpects, serverAsked));
    client = clientSide.client(List.of("http/1.1"), counting(clientExpects, clientAsked));
    listener =
        loops.listen(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            ListenOptions.defaults(),
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                var _ = server.install(channel);
                channel.pipeline().addLast(new Echo());
                accepted.add(channel);
              }
            });
  }

  private static MeshTls.Options options(TlsProvider provider) {
    return new MeshTls.Options(provider, Duration.ofSeconds(1), InstantSource.system());
  }

  private static ExpectedPeers counting(ExpectedPeers inner, AtomicInteger asked) {
    return ExpectedPeers.matching(
        inner.describe(),
        id -> {
          asked.incrementAndGet();
          return inner.test(id);
        });
  }

  int port() {
    return listener.address().getPort();
  }

  /** One client connection. */
  static final class Client {
    final Channel channel;
    final io.netty.util.concurrent.Future<SpiffeId> verified;
    final CompletableFuture<PeerVerified> event = new CompletableFuture<>();
    final BlockingQueue<String> received = new LinkedBlockingQueue<>();

    Client(Channel channel, io.netty.util.concurrent.Future<SpiffeId> verified) {
      this.channel = channel;
      this.verified = verified;
    }

    SpiffeId peer() throws InterruptedException, ExecutionException, TimeoutException {
      return verified.get(5, TimeUnit.SECONDS);
    }

    /** Sends a word and returns what came back, empty if the connection was closed instead. */
    String echo(String word) throws InterruptedException {
      var _ = channel.writeAndFlush(Unpooled.copiedBuffer(word, StandardCharsets.US_ASCII));
      String answer = received.poll(5, TimeUnit.SECONDS);
      return answer == null ? "nothing" : answer;
    }

    boolean closedWithin(Duration time) {
      return channel.closeFuture().awaitUninterruptibly(time.toMillis());
    }
  }

  Client connect() throws InterruptedException, ExecutionException {
    return connect(client);
  }

  Client connect(ClientTls with) throws InterruptedException, ExecutionException {
    CompletableFuture<Client> made = new CompletableFuture<>();
    loops
        .client(loops.next(), ClientOptions.defaults())
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                Client one = new Client(channel, with.install(channel, SNI));
                channel.pipeline().addLast(new Receiver(one));
                made.complete(one);
              }
            })
        .connect(listener.address())
        // Not sync: without an identity the channel is closed before it is connected.
        .awaitUninterruptibly();
    return made.get();
  }

  private final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      echoed.incrementAndGet();
      var _ = ctx.writeAndFlush(msg);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      var _ = ctx.close();
    }
  }

  private static final class Receiver extends ChannelInboundHandlerAdapter {
    private final Client client;

    Receiver(Client client) {
      this.client = client;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      ByteBuf bytes = (ByteBuf) msg;
      client.received.add(bytes.toString(StandardCharsets.US_ASCII));
      bytes.release();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof PeerVerified peer) {
        client.event.complete(peer);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      client.received.add("closed");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      var _ = ctx.close();
    }
  }

  @Override
  public void close() {
    listener.close();
    loops.close();
    serverSide.close();
    clientSide.close();
    server.close();
    client.close();
  }
}
