package dev.hawser.engine.loop;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultithreadEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollMode;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker threads of a proxy: one event loop each, and every connection stays on the loop that
 * took it for its whole life. A client channel is opened on the loop of the connection that needs
 * it, so that both halves share a thread and no lock or hop lies between them.
 *
 * <p>Safe for use by any thread.
 */
public final class EventLoops implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventLoops.class);

  /** Above 64 KiB of unsent bytes a channel says so; below 32 KiB it takes more. */
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(32 * 1024, 64 * 1024);

  /** A dead peer that acknowledges nothing is given up after this time. */
  private static final int TCP_USER_TIMEOUT_MILLIS = 20_000;

  /**
   * What the kernel holds for a client beyond what is on the wire: who does not read would have it
   * take megabytes of answers, which others have to wait for.
   */
  private static final long MOST_UNSENT = 32 * 1024;

  /** How bytes are moved. */
  public enum Transport {
    /** Linux, native. */
    EPOLL,
    /** Anywhere. */
    NIO
  }

  /**
   * How to start the loops.
   *
   * @param workers threads, at least 1
   * @param preferNative whether epoll is used where it is available
   * @param name prefix of the threads' names
   */
  public record Options(int workers, boolean preferNative, String name) {
    public Options {
      if (workers < 1) {
        throw new IllegalArgumentException("workers: " + workers + " (expected: at least 1)");
      }
    }

    /** Returns one worker per core, native where possible. */
    public static Options defaults(String name) {
      return new Options(Runtime.getRuntime().availableProcessors(), true, name);
    }
  }

  private final Transport transport;
  private final EventLoopGroup group;
  private final List<EventLoop> workers;

  private EventLoops(Transport transport, MultithreadEventLoopGroup group) {
    this.transport = transport;
    this.group = group;
    List<EventLoop> loops = new ArrayList<>();
    for (EventExecutor executor : group) {
      loops.add((EventLoop) executor);
    }
    this.workers = List.copyOf(loops);
  }

  /** Starts the workers. */
  public static EventLoops start(Options options) {
    var threads = new DefaultThreadFactory(options.name(), true);
    if (options.preferNative() && Epoll.isAvailable()) {
      return new EventLoops(Transport.EPOLL, new EpollEventLoopGroup(options.workers(), threads));
    }
    if (options.preferNative()) {
      LOG.info("Native transport is not available, NIO is used cause={}", causeText());
    }
    return new EventLoops(Transport.NIO, new NioEventLoopGroup(options.workers(), threads));
  }

  private static String causeText() {
    Throwable cause = Epoll.unavailabilityCause();
    return cause == null ? "unknown" : cause.toString();
  }

  /** Returns what moves the bytes. */
  public Transport transport() {
    return transport;
  }

  /** Returns the workers, in a fixed order. */
  public List<EventLoop> workers() {
    return workers;
  }

  /** Returns the next worker, round robin. */
  public EventLoop next() {
    return group.next();
  }

  /**
   * Listens on an address.
   *
   * <p>Without {@link ListenOptions#reusePort()} one worker accepts and hands connections to all of
   * them in turn, which spreads few long connections evenly. With it each worker has its own
   * listening socket and the kernel spreads by hash, which costs less for many short ones; NIO
   * ignores the option.
   *
   * @param child installed on each accepted channel
   * @throws IOException if an address cannot be bound; the message names it
   */
  public Listener listen(InetSocketAddress address, ListenOptions options, ChannelHandler child)
      throws IOException {
    boolean perWorker = options.reusePort() && transport == Transport.EPOLL && workers.size() > 1;
    List<Channel> channels = new ArrayList<>();
    InetSocketAddress bound = address;
    for (EventLoop worker : perWorker ? workers : List.of(group.next())) {
      ServerBootstrap bootstrap = perWorker ? server(worker, worker) : server(worker, group);
      configure(bootstrap, options, perWorker);
      ChannelFuture future =
          bootstrap
              .childHandler(ReadSize.before(transport == Transport.EPOLL, child))
              .bind(bound)
              .awaitUninterruptibly();
      if (!future.isSuccess()) {
        for (Channel other : channels) {
          var _ = other.close();
        }
        throw new IOException(
            "listen: cannot bind " + address + ": " + future.cause().getMessage(), future.cause());
      }
      channels.add(future.channel());
      // A request for port 0 is answered once; the other workers join the same port.
      bound = (InetSocketAddress) future.channel().localAddress();
    }
    return new Listener(bound, channels);
  }

  /**
   * Listens on a socket that another process has handed over, beside it. Epoll only.
   *
   * @param descriptor of a bound socket that listens; owned by the listener from now on
   * @param child installed on each accepted channel
   * @throws IOException if it cannot be used
   */
  public Listener adopt(int descriptor, ListenOptions options, ChannelHandler child)
      throws IOException {
    if (transport != Transport.EPOLL) {
      throw new IOException("listen: transport " + transport + " cannot adopt (expected: EPOLL)");
    }
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group.next(), group)
            .channelFactory(() -> new EpollServerSocketChannel(descriptor));
    configure(bootstrap, options, false);
    ChannelFuture future =
        bootstrap
            .childHandler(ReadSize.before(transport == Transport.EPOLL, child))
            .register()
            .awaitUninterruptibly();
    if (!future.isSuccess()) {
      throw new IOException("listen: cannot adopt a socket", future.cause());
    }
    InetSocketAddress bound = (InetSocketAddress) future.channel().localAddress();
    return new Listener(bound, List.of(future.channel()));
  }

  private ServerBootstrap server(EventLoopGroup acceptor, EventLoopGroup children) {
    Class<? extends ServerChannel> type =
        transport == Transport.EPOLL
            ? EpollServerSocketChannel.class
            : NioServerSocketChannel.class;
    return new ServerBootstrap().group(acceptor, children).channel(type);
  }

  private void configure(ServerBootstrap bootstrap, ListenOptions options, boolean perWorker) {
    bootstrap
        .option(ChannelOption.SO_REUSEADDR, true)
        .option(ChannelOption.SO_BACKLOG, options.backlog())
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.SO_KEEPALIVE, true)
        .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, options.halfClosure())
        .childOption(ChannelOption.AUTO_READ, options.autoRead());
    if (transport == Transport.EPOLL) {
      bootstrap
          .childOption(EpollChannelOption.EPOLL_MODE, EpollMode.LEVEL_TRIGGERED)
          .childOption(EpollChannelOption.TCP_USER_TIMEOUT, TCP_USER_TIMEOUT_MILLIS)
          .childOption(EpollChannelOption.TCP_NOTSENT_LOWAT, MOST_UNSENT);
      if (perWorker) {
        bootstrap.option(EpollChannelOption.SO_REUSEPORT, true);
      }
    }
  }

  /**
   * Returns a bootstrap for connections that live on the given worker. A target given as {@link
   * InetSocketAddress#createUnresolved} is looked up beside the loop.
   */
  public Bootstrap client(EventLoop worker, ClientOptions options) {
    Class<? extends Channel> type =
        transport == Transport.EPOLL ? EpollSocketChannel.class : NioSocketChannel.class;
    Bootstrap bootstrap =
        new Bootstrap()
            .group(worker)
            .channel(type)
            .resolver(NameLookup.INSTANCE)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) options.connectTimeout().toMillis())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .option(ChannelOption.RCVBUF_ALLOCATOR, new ReadSize(transport == Transport.EPOLL))
            .option(ChannelOption.ALLOW_HALF_CLOSURE, options.halfClosure())
            .option(ChannelOption.AUTO_READ, options.autoRead());
    if (transport == Transport.EPOLL) {
      bootstrap
          .option(EpollChannelOption.EPOLL_MODE, EpollMode.LEVEL_TRIGGERED)
          .option(EpollChannelOption.TCP_USER_TIMEOUT, TCP_USER_TIMEOUT_MILLIS);
    }
    return bootstrap;
  }

  /** Closes every connection and ends the threads; waits at most five seconds. */
  @Override
  public void close() {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }
}
