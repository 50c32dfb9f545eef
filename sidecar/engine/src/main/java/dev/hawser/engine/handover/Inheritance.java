package dev.hawser.engine.handover;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a predecessor has handed over: listening sockets by their addresses. Both processes accept
 * until {@link #predecessorLeaves}.
 *
 * <p>Safe for use by any thread.
 */
public final class Inheritance implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Inheritance.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Path path;
  private final Map<InetSocketAddress, FileDescriptor> sockets;

  private Inheritance(Path path, Map<InetSocketAddress, FileDescriptor> sockets) {
    this.path = path;
    this.sockets = sockets;
  }

  /**
   * Asks a predecessor for its sockets.
   *
   * @param path of its {@link HandoverSocket}
   * @throws IOException if nobody answers there, or this is no Linux
   */
  public static Inheritance receive(Path path) throws IOException, InterruptedException {
    if (!Epoll.isAvailable()) {
      throw new IOException("handover: not possible here (expected: Linux with epoll)");
    }
    EventLoopGroup group =
        new EpollEventLoopGroup(1, new DefaultThreadFactory("inheritance", true));
    List<FileDescriptor> received = new ArrayList<>();
    CompletableFuture<Void> whole = new CompletableFuture<>();
    try {
      ChannelFuture connected =
          new Bootstrap()
              .group(group)
              .channel(EpollDomainSocketChannel.class)
              .handler(
                  new ChannelInitializer<EpollDomainSocketChannel>() {
                    @Override
                    protected void initChannel(EpollDomainSocketChannel channel) {
                      channel.config().setReadMode(DomainSocketReadMode.FILE_DESCRIPTORS);
                      channel.pipeline().addLast(new Receiver(received, whole));
                    }
                  })
              .connect(new DomainSocketAddress(path.toFile()))
              .await();
      if (!connected.isSuccess()) {
        throw new IOException(
            "handover: nobody at " + path + " (expected: a proxy that runs)", connected.cause());
      }
      var _ =
          connected
              .channel()
              .writeAndFlush(
                  Unpooled.copiedBuffer(HandoverSocket.SOCKETS, StandardCharsets.US_ASCII));
      whole.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("handover: no sockets came from " + path, e);
    } finally {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
    Map<InetSocketAddress, FileDescriptor> byAddress = new LinkedHashMap<>();
    for (FileDescriptor descriptor : received) {
      byAddress.put(new Socket(descriptor.intValue()).localAddress(), descriptor);
    }
    LOG.info("Listening sockets were handed over addresses={}", byAddress.keySet());
    return new Inheritance(path, byAddress);
  }

  /** Collects descriptors until the other side closes. */
  private static final class Receiver extends SimpleChannelInboundHandler<FileDescriptor> {
    private final List<FileDescriptor> received;
    private final CompletableFuture<Void> whole;

    Receiver(List<FileDescriptor> received, CompletableFuture<Void> whole) {
      this.received = received;
      this.whole = whole;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FileDescriptor descriptor) {
      received.add(descriptor);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      whole.complete(null);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      whole.completeExceptionally(cause);
    }
  }

  /** Gives the descriptor of an address away, once; empty if it was not handed over. */
  public synchronized OptionalInt take(InetSocketAddress address) {
    for (InetSocketAddress known : sockets.keySet()) {
      boolean same =
          known.getPort() == address.getPort()
              && (known.getAddress().equals(address.getAddress())
                  || (known.getAddress().isAnyLocalAddress()
                      && address.getAddress().isAnyLocalAddress()));
      if (same) {
        FileDescriptor descriptor = sockets.remove(known);
        return descriptor == null ? OptionalInt.empty() : OptionalInt.of(descriptor.intValue());
      }
    }
    return OptionalInt.empty();
  }

  /**
   * Tells the predecessor that its successor serves; returns when it has let go of what cannot be
   * shared. It ends by itself once its connections have.
   *
   * @throws IOException if it does not answer: it may have ended by itself
   */
  public void predecessorLeaves() throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      channel.write(ByteBuffer.wrap(HandoverSocket.LEAVE.getBytes(StandardCharsets.US_ASCII)));
      byte[] answer = Channels.newInputStream(channel).readAllBytes();
      LOG.info(
          "The predecessor leaves answer={}",
          new String(answer, StandardCharsets.US_ASCII).strip());
    }
  }

  /** Closes what nobody has taken: listeners that the predecessor had and this process has not. */
  @Override
  public synchronized void close() {
    for (FileDescriptor descriptor : sockets.values()) {
      try {
        descriptor.close();
      } catch (IOException e) {
        LOG.debug("A socket that was handed over did not close cause={}", e.toString());
      }
    }
    sockets.clear();
  }
}
