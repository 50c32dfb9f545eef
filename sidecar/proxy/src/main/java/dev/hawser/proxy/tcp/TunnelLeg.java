package dev.hawser.proxy.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import org.jspecify.annotations.Nullable;

/** Reads one side of a tunnel and writes the other. */
final class TunnelLeg extends ChannelInboundHandlerAdapter {
  private final Tunnel tunnel;
  private final Channel channel;
  private final boolean framed;
  private final FrameReader frames = new FrameReader();
  private @Nullable TunnelLeg other;
  private long bytes;
  private boolean inputEnded;
  private boolean done;

  TunnelLeg(Tunnel tunnel, Channel channel, boolean framed) {
    this.tunnel = tunnel;
    this.channel = channel;
    this.framed = framed;
  }

  void join(TunnelLeg target) {
    other = target;
  }

  void install() {
    channel.pipeline().addLast("tunnel", this);
    if (channel.pipeline().get(ByteHold.class) != null) {
      channel.pipeline().remove(ByteHold.class);
    }
    channel.config().setAutoRead(true);
  }

  Channel channel() {
    return channel;
  }

  long bytes() {
    return bytes;
  }

  /** Whether everything read here has been handed on, to the end. */
  boolean isDone() {
    return done;
  }

  private TunnelLeg other() {
    TunnelLeg target = other;
    if (target == null) {
      throw new IllegalStateException("tunnel is not joined");
    }
    return target;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    ByteBuf in = (ByteBuf) msg;
    if (!framed) {
      forward(in);
      return;
    }
    try {
      unframe(in);
    } finally {
      in.release();
    }
  }

  private void unframe(ByteBuf in) {
    while (true) {
      switch (frames.next(in)) {
        case NEED_MORE -> {
          return;
        }
        case DATA -> forward(frames.take(in));
        case END -> endInput();
        case BAD -> {
          tunnel.broken(this);
          return;
        }
      }
    }
  }

  private void forward(ByteBuf data) {
    if (inputEnded) {
      data.release();
      return;
    }
    int size = data.readableBytes();
    bytes += size;
    tunnel.moved(this, size);
    TunnelLeg target = other();
    target.write(data);
    if (!target.channel.isWritable()) {
      target.channel.flush();
      if (!target.channel.isWritable()) {
        channel.config().setAutoRead(false);
      }
    }
  }

  private void write(ByteBuf data) {
    if (framed) {
      ByteBuf head = channel.alloc().buffer(FrameReader.HEAD).writeInt(data.readableBytes());
      var _ = channel.write(head, channel.voidPromise());
    }
    var _ = channel.write(data, channel.voidPromise());
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    other().channel.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (channel.isWritable()) {
      other().channel.config().setAutoRead(true);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
      rawEnd();
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  /** The connection's own end of input: in frames it must have been said before. */
  private void rawEnd() {
    if (framed && !inputEnded) {
      tunnel.broken(this);
    } else {
      endInput();
    }
  }

  private void endInput() {
    if (inputEnded) {
      return;
    }
    inputEnded = true;
    other()
        .endOutput()
        .addListener(ended -> {
          if (!ended.isSuccess()) {
            tunnel.broken(other());
            return;
          }
          done = true;
          tunnel.directionEnded();
        });
  }

  private ChannelFuture endOutput() {
    return framed
        ? channel.writeAndFlush(channel.alloc().buffer(FrameReader.HEAD).writeInt(0))
        : OutputEnd.of(channel);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!inputEnded) {
      rawEnd();
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    tunnel.broken(this);
  }
}
