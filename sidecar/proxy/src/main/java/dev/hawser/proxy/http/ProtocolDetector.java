package dev.hawser.proxy.http;

import dev.hawser.proxy.worker.Timer;
import dev.hawser.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import java.util.List;
import java.util.function.Function;

/**
 * Tells HTTP/2 with prior knowledge from HTTP/1 by the first bytes (RFC 9113 section 3.3), then
 * gives its place to the handler for it. A client that sends nothing is closed after the limits'
 * idle time.
 */
public final class ProtocolDetector extends ByteToMessageDecoder {
  /** What a client speaks. */
  public enum Protocol {
    HTTP1,
    HTTP2
  }

  private final Worker worker;
  private final HttpLimits limits;
  private final Function<Protocol, ChannelHandler> handlers;
  private final ByteBuf preface = Http2CodecUtil.connectionPrefaceBuf();
  private final Timer timer = new Timer(this::onTimeout);
  private @org.jspecify.annotations.Nullable ChannelHandlerContext context;

  /** Makes the handler for one connection. */
  public ProtocolDetector(
      Worker worker, HttpLimits limits, Function<Protocol, ChannelHandler> handlers) {
    this.worker = worker;
    this.limits = limits;
    this.handlers = handlers;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    worker.timers().arm(timer, limits.idleTimeout().toNanos());
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    int known = Math.min(in.readableBytes(), preface.readableBytes());
    for (int i = 0; i < known; i++) {
      if (in.getByte(in.readerIndex() + i) != preface.getByte(i)) {
        become(ctx, Protocol.HTTP1);
        return;
      }
    }
    if (known == preface.readableBytes()) {
      become(ctx, Protocol.HTTP2);
    } else {
      worker.timers().arm(timer, limits.headTimeout().toNanos());
    }
  }

  private void become(ChannelHandlerContext ctx, Protocol protocol) {
    worker.timers().cancel(timer);
    ctx.pipeline().addAfter(ctx.name(), null, handlers.apply(protocol));
    // What has been read goes to the next handler when this one is removed.
    ctx.pipeline().remove(this);
  }

  private void onTimeout() {
    ChannelHandlerContext ctx = context;
    if (ctx != null) {
      var _ = ctx.close();
    }
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    worker.timers().cancel(timer);
    preface.release();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    var _ = ctx.close();
  }
}
