package dev.hawser.engine.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import java.util.Objects;

/** Reads one side of a relay and writes the other. */
final class RelayHalf extends ChannelInboundHandlerAdapter {
  private final Relay relay;
  private final Channel target;
  private final boolean aToB;
  private long bytes;
  private boolean inputEnded;
  private boolean done;

  RelayHalf(Relay relay, Channel target, boolean aToB) {
    this.relay = relay;
    this.target = target;
    this.aToB = aToB;
  }

  long bytes() {
    return bytes;
  }

  boolean isDone() {
    return done;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    int size = ((ByteBuf) msg).readableBytes();
    bytes += size;
    relay.moved(aToB, size);
    // A failure comes to the other half as an exception of its channel.
    var _ = target.write(msg, target.voidPromise());
    if (!target.isWritable()) {
      // A kernel that takes it all at once spares the switch off and on again.
      target.flush();
      if (!target.isWritable()) {
        ctx.channel().config().setAutoRead(false);
      }
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    relay.burstEnded();
    target.flush();
  }

  /** This side takes bytes again: the other may be read. */
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      relay.burstEnded();
      target.config().setAutoRead(true);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
      inputEnded();
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  private void inputEnded() {
    if (inputEnded) {
      return;
    }
    inputEnded = true;
    // Behind everything that was written before.
    target
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener((ChannelFuture f) -> endOutput(f.isSuccess()));
  }

  private void endOutput(boolean flushed) {
    if (!flushed) {
      relay.broken(!aToB, "closed while bytes were on their way");
      return;
    }
    SslHandler tls = target.pipeline().get(SslHandler.class);
    ChannelFuture ended =
        tls != null ? tls.closeOutbound() : ((DuplexChannel) target).shutdownOutput();
    ended.addListener(_ -> {
      done = true;
      relay.halfEnded();
    });
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (done) {
      relay.halfEnded();
    } else if (!inputEnded) {
      // Without half closure an orderly end shows only like this.
      inputEnded();
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    broken(Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName()));
  }

  void broken(String detail) {
    relay.broken(aToB, detail);
  }
}
