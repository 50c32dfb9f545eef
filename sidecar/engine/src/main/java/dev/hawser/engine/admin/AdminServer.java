package dev.hawser.engine.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Serves administration on a thread of its own, so that a scrape or a dump never delays a request
 * of the data path.
 *
 * <p>State changes only by POST. A request must name an IP address or {@code localhost} as its host
 * and, to change something, must not come from a web page: a browser cannot be lured into it (DNS
 * rebinding, cross-site requests).
 */
public final class AdminServer implements AutoCloseable {
  private static final int MAX_CONNECTIONS = 64;
  private static final int MAX_BODY = 64 * 1024;
  private static final int READ_TIMEOUT_SECONDS = 30;

  private final EventLoopGroup group;
  private final Channel channel;

  private AdminServer(EventLoopGroup group, Channel channel) {
    this.group = group;
    this.channel = channel;
  }

  /** Returns a builder for a server on the given address, by habit a loopback one. */
  public static Builder builder(InetSocketAddress address) {
    return new Builder(address);
  }

  /** Returns the bound address. */
  public InetSocketAddress address() {
    return (InetSocketAddress) channel.localAddress();
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }

  /** Collects the paths. */
  public static final class Builder {
    private final InetSocketAddress address;
    private final Map<String, AdminHandler> gets = new TreeMap<>();
    private final Map<String, AdminHandler> posts = new TreeMap<>();

    private Builder(InetSocketAddress address) {
      this.address = address;
    }

    /** Answers GET and HEAD of a path; must change nothing. */
    public Builder get(String path, AdminHandler handler) {
      gets.put(path, handler);
      return this;
    }

    /** Answers POST of a path. */
    public Builder post(String path, AdminHandler handler) {
      posts.put(path, handler);
      return this;
    }

    /**
     * Binds and serves.
     *
     * @throws IOException if the address cannot be bound; the message names it
     */
    public AdminServer start() throws IOException {
      EventLoopGroup group = new NioEventLoopGroup(1, new DefaultThreadFactory("admin", true));
      AdminRoutes routes = new AdminRoutes(Map.copyOf(gets), Map.copyOf(posts));
      AtomicInteger open = new AtomicInteger();
      ChannelFuture bound =
          new ServerBootstrap()
              .group(group)
              .channel(NioServerSocketChannel.class)
              .option(ChannelOption.SO_REUSEADDR, true)
              .childHandler(
                  new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel child) {
                      accept(child, routes, open);
                    }
                  })
              .bind(address)
              .awaitUninterruptibly();
      if (!bound.isSuccess()) {
        var _ = group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        throw new IOException(
            "admin: cannot bind " + address + ": " + bound.cause().getMessage(), bound.cause());
      }
      return new AdminServer(group, bound.channel());
    }

    private static void accept(SocketChannel child, AdminRoutes routes, AtomicInteger open) {
      if (open.incrementAndGet() > MAX_CONNECTIONS) {
        open.decrementAndGet();
        var _ = child.close();
        return;
      }
      child.closeFuture().addListener(_ -> open.decrementAndGet());
      child
          .pipeline()
          .addLast(new ReadTimeoutHandler(READ_TIMEOUT_SECONDS))
          .addLast(new HttpServerCodec())
          .addLast(new HttpObjectAggregator(MAX_BODY))
          .addLast(new AdminExchange(routes));
    }
  }
}
