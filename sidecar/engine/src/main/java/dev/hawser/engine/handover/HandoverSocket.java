package dev.hawser.engine.handover;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a process waits for its successor. A question is one line: {@code sockets} is answered with
 * the descriptors, {@code leave} with {@code gone} once whatever cannot be shared has been let go.
 *
 * <p>Safe for use by any thread.
 */
public final class HandoverSocket implements AutoCloseable {
  /** What the successor asks for first. */
  static final String SOCKETS = "sockets\n";

  /** What the successor says when it serves. */
  static final String LEAVE = "leave\n";

  static final String GONE = "gone\n";

  private static final Logger LOG = LoggerFactory.getLogger(HandoverSocket.class);
  private static final int MAX_PATH = 107;

  private final Channel listener;

  private HandoverSocket(Channel listener) {
    this.listener = listener;
  }

  /**
   * Begins to wait; a socket that somebody left at the path is replaced.
   *
   * @param path in a folder that only the own user may enter; at most 107 octets
   * @param loop of epoll
   * @param sockets that listen at the moment
   * @param leave lets go of what cannot be shared; run on a thread of its own, may block
   * @throws IOException if the socket cannot be made
   */
  public static HandoverSocket start(
      Path path, EventLoop loop, Supplier<List<Channel>> sockets, Runnable leave)
      throws IOException {
    if (path.toString().getBytes(StandardCharsets.UTF_8).length > MAX_PATH) {
      throw new IOException("handover: " + path + " (expected: at most " + MAX_PATH + " octets)");
    }
    Files.deleteIfExists(path);
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loop)
            .channel(EpollServerDomainSocketChannel.class)
            .childHandler(
                new ChannelInitializer<DomainSocketChannel>() {
                  @Override
                  protected void initChannel(DomainSocketChannel channel) {
                    channel.pipeline().addLast(new Question(sockets, leave));
                  }
                })
            .bind(new DomainSocketAddress(path.toFile()))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException("handover: cannot bind " + path, bound.cause());
    }
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    return new HandoverSocket(bound.channel());
  }

  /** Waits no more and removes the file, unless a successor has taken over and its own is there. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
  }

  /** One successor's question. */
  private static final class Question extends SimpleChannelInboundHandler<ByteBuf> {
    private static final int MAX_QUESTION = 16;

    private final Supplier<List<Channel>> sockets;
    private final Runnable leave;
    private final StringBuilder question = new StringBuilder();

    Question(Supplier<List<Channel>> sockets, Runnable leave) {
      this.sockets = sockets;
      this.leave = leave;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
      question.append(bytes.toString(StandardCharsets.US_ASCII));
      switch (question.toString()) {
        case SOCKETS -> send(ctx);
        case LEAVE ->
            Thread.ofVirtual()
                .name("handover")
                .start(() -> {
                  LOG.info("A successor has taken over");
                  // Closing removes the file: it must not be the successor's by then.
                  ctx.channel().parent().close().awaitUninterruptibly();
                  leave.run();
                  answer(ctx);
                });
        default -> {
          if (question.length() > MAX_QUESTION) {
            var _ = ctx.close();
          }
        }
      }
    }

    private static void answer(ChannelHandlerContext ctx) {
      ctx.writeAndFlush(Unpooled.copiedBuffer(GONE, StandardCharsets.US_ASCII))
          .addListener(ChannelFutureListener.CLOSE);
    }

    private void send(ChannelHandlerContext ctx) {
      List<Channel> shared = sockets.get();
      LOG.info("A successor asks for the listening sockets count={}", shared.size());
      for (Channel socket : shared) {
        if (socket instanceof UnixChannel unix) {
          var _ = ctx.write(new FileDescriptor(unix.fd().intValue()));
        }
      }
      ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      LOG.debug("A successor broke off cause={}", cause.toString());
      var _ = ctx.close();
    }
  }
}
