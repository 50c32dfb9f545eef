package dev.hawser.gateway.proxyprotocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Takes the header off a connection of somebody who must send one, and hands on what follows. One
 * per connection, before every other handler; how long the header may take is the business of the
 * one after it.
 */
public final class ProxyHeaderHandler extends ChannelInboundHandlerAdapter {
  private final Listener listener;
  private ByteBuf held = Unpooled.EMPTY_BUFFER;
  private boolean decided;

  /** Is told what the header says; once, on the connection's event loop. */
  public interface Listener {
    /**
     * It says this.
     *
     * @param source of the connection; null if its sender speaks for itself
     * @return whether the connection goes on; else the listener has closed it
     */
    boolean onHeader(@Nullable InetSocketAddress source);

    /**
     * There is none; the connection is to be closed.
     *
     * @param reason a sentence fragment; never text of the sender
     */
    void onGarbage(String reason);
  }

  /** Makes a handler for one connection. */
  public ProxyHeaderHandler(Listener listener) {
    this.listener = listener;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    ByteBuf more = (ByteBuf) msg;
    if (decided) {
      more.release();
      return;
    }
    held =
        held.isReadable()
            ? ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), held, more)
            : more;
    switch (ProxyHeader.parse(held)) {
      case ProxyHeader.Result.Incomplete _ -> {}
      case ProxyHeader.Result.Malformed(String reason) -> {
        decided = true;
        listener.onGarbage(reason);
      }
      case ProxyHeader.Result.Found(var source, int length) -> {
        decided = true;
        if (listener.onHeader(source)) {
          held.skipBytes(length);
          handOn(ctx);
        }
      }
    }
  }

  private void handOn(ChannelHandlerContext ctx) {
    ByteBuf rest = held;
    held = Unpooled.EMPTY_BUFFER;
    if (rest.isReadable()) {
      ctx.fireChannelRead(rest);
    } else {
      rest.release();
    }
    ctx.pipeline().remove(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    held.release();
    held = Unpooled.EMPTY_BUFFER;
  }
}
