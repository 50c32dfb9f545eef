package dev.hawser.proxy.tcp;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;

/**
 * Keeps what a caller sends before there is anybody to take it: its first bytes may come in the
 * same read as the end of its handshake. When it is removed, the next handler gets everything.
 */
public final class ByteHold extends ChannelInboundHandlerAdapter {
  private final ArrayDeque<Object> held = new ArrayDeque<>(2);
  private boolean closed;

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    ctx.channel().config().setAutoRead(false);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    held.add(msg);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    // Nothing was handed on, so nothing is complete.
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    held.add(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    closed = true;
    held.forEach(ReferenceCountUtil::release);
    held.clear();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    boolean any = !held.isEmpty();
    for (Object one = held.poll(); one != null; one = held.poll()) {
      if (closed) {
        ReferenceCountUtil.release(one);
      } else if (one instanceof io.netty.buffer.ByteBuf) {
        ctx.fireChannelRead(one);
      } else {
        ctx.fireUserEventTriggered(one);
      }
    }
    if (any && !closed) {
      ctx.fireChannelReadComplete();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    var _ = ctx.close();
  }
}
