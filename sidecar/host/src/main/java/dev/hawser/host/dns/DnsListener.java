package dev.hawser.host.dns;

import dev.hawser.api.naming.MeshHost;
import dev.hawser.api.naming.ServiceName;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * DNS for the programs on a host (RFC 1035, over UDP and TCP): names of the mesh are answered with
 * the addresses at which the local proxy offers them, all others are asked of upstream resolvers.
 *
 * <p>A name that has a suffix of the mesh but is not known does not exist. A short one ({@code
 * orders}, {@code orders.shop}) could as well be a name of the world and is passed on when it is
 * not known. Everything runs on one event loop.
 */
public final class DnsListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DnsListener.class);
  private static final int MAX_DATAGRAM = 4096;
  private static final List<String> SUFFIXES =
      List.of(".svc", ".svc.cluster.local", ".svc.clusterset.local", ".service.consul");

  private final DnsOptions options;
  private final MeshNames names;
  private final EventLoopGroup loop;
  private final Forwarder forwarder;
  private final AnswerCache cache = new AnswerCache();
  private InetSocketAddress address;

  private DnsListener(DnsOptions options, MeshNames names) {
    this.options = options;
    this.names = names;
    this.loop = new NioEventLoopGroup(1, new DefaultThreadFactory("hawser-dns", true));
    this.forwarder = new Forwarder(loop.next(), options.upstreams(), options.timeout());
    this.address = options.listen();
  }

  /**
   * Begins to answer.
   *
   * @throws IOException if the address cannot be bound
   */
  public static DnsListener start(DnsOptions options, MeshNames names) throws IOException {
    DnsListener listener = new DnsListener(options, names);
    try {
      listener.bind();
    } catch (IOException e) {
      listener.close();
      throw e;
    }
    LOG.info("DNS is answered. address={} upstreams={}", listener.address(), options.upstreams());
    return listener;
  }

  /** Returns where it listens, with the port that was taken. */
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }

  private void bind() throws IOException {
    Channel tcp =
        bound(
            new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .childHandler(
                    new ChannelInitializer<Channel>() {
                      @Override
                      protected void initChannel(Channel channel) {
                        TcpQueries.install(channel, DnsListener.this::answer);
                      }
                    })
                .bind(options.listen()),
            "TCP");
    address = (InetSocketAddress) tcp.localAddress();
    bound(
        new Bootstrap()
            .group(loop)
            .channel(NioDatagramChannel.class)
            .option(ChannelOption.RCVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MAX_DATAGRAM))
            .handler(new UdpQueries())
            .bind(address),
        "UDP");
  }

  private Channel bound(io.netty.channel.ChannelFuture binding, String transport)
      throws IOException {
    binding.awaitUninterruptibly();
    if (!binding.isSuccess()) {
      throw new IOException(
          "DNS cannot listen at " + address + " (" + transport + "): " + binding.cause(),
          binding.cause());
    }
    return binding.channel();
  }

  private final class UdpQueries extends SimpleChannelInboundHandler<DatagramPacket> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
      InetSocketAddress asker = packet.sender();
      answer(
          ByteBufUtil.getBytes(packet.content()),
          false,
          answer -> {
            var _ = ctx.writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(answer), asker));
          });
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      LOG.debug("A DNS datagram could not be handled.", cause);
    }
  }

  /** Answers now or later, or not at all if the message is not a query. */
  private void answer(byte[] message, boolean tcp, Consumer<byte[]> reply) {
    switch (DnsQuery.parse(message)) {
      case DnsQuery.Parsed.Drop _ -> LOG.debug("Not a DNS query. octets={}", message.length);
      case DnsQuery.Parsed.Refuse refuse -> reply.accept(DnsAnswers.error(message, refuse.rcode()));
      case DnsQuery.Parsed.Query query -> answer(query.query(), tcp, reply);
    }
  }

  private void answer(DnsQuery query, boolean tcp, Consumer<byte[]> reply) {
    Optional<ServiceName> service =
        MeshHost.resolve(query.host(), options.namespace(), options.consulNamespace());
    if (service.isEmpty()) {
      unknown(query, tcp, reply);
      return;
    }
    names.find(service.get(), place -> onLoop(() -> answer(query, place, tcp, reply)));
  }

  private void answer(DnsQuery query, MeshNames.Place place, boolean tcp, Consumer<byte[]> reply) {
    if (place.addresses().isEmpty()) {
      unknown(query, tcp, reply);
      return;
    }
    long ttl = options.ttl().toSeconds();
    String port = query.portName();
    if (port.isEmpty()) {
      reply.accept(DnsAnswers.addresses(query, place.addresses(), ttl));
    } else if (place.ports().containsKey(port)) {
      reply.accept(DnsAnswers.service(query, place.ports().get(port), place.addresses(), ttl));
    } else {
      reply.accept(DnsAnswers.error(query, DnsAnswers.NAME_ERROR));
    }
  }

  private void onLoop(Runnable task) {
    EventLoop only = loop.next();
    if (only.inEventLoop()) {
      task.run();
    } else {
      only.execute(task);
    }
  }

  private void unknown(DnsQuery query, boolean tcp, Consumer<byte[]> reply) {
    if (SUFFIXES.stream().anyMatch(query.name()::endsWith)) {
      reply.accept(DnsAnswers.error(query, DnsAnswers.NAME_ERROR));
    } else {
      passOn(query, tcp, reply);
    }
  }

  private void passOn(DnsQuery query, boolean tcp, Consumer<byte[]> reply) {
    if (options.upstreams().isEmpty()) {
      reply.accept(DnsAnswers.error(query, DnsAnswers.REFUSED));
      return;
    }
    Optional<byte[]> cached = cache.find(query, System.nanoTime());
    if (cached.isPresent()) {
      reply.accept(cached.get());
      return;
    }
    Consumer<Optional<byte[]>> done =
        answer -> {
          // An answer over TCP may be too long for who asks by UDP.
          if (!tcp) {
            answer.ifPresent(bytes -> cache.store(query, bytes, System.nanoTime()));
          }
          reply.accept(answer.orElseGet(() -> DnsAnswers.error(query, DnsAnswers.SERVER_FAILURE)));
        };
    if (tcp) {
      forwarder.byTcp(query, done);
    } else {
      forwarder.byUdp(query, done);
    }
  }
}
