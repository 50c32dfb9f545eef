package dev.hawser.proxy.http;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DecoratingHttp2FrameWriter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameWriter;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what a peer can make us answer: replies that it does not read (pings, settings, resets),
 * and streams that it has us reset. Whoever goes beyond is given up.
 */
final class Http2ReplyLimit extends DecoratingHttp2FrameWriter {
  /** As much as Envoy's {@code max_outbound_control_frames}; nobody honest pings so often. */
  private static final int MAX_ACKS = 1000;

  private static final int MAX_QUEUED = 10_000;
  private static final int MAX_RESETS = 20_000;
  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final ChannelFutureListener onWritten = _ -> this.queued--;
  private @Nullable Http2Endpoint owner;
  private int queued;
  private int resets;
  private long windowStart = System.nanoTime();
  private boolean exceeded;

  Http2ReplyLimit(Http2FrameWriter writer) {
    super(writer);
  }

  /** Sets who is told. */
  void owner(Http2Endpoint endpoint) {
    owner = endpoint;
  }

  @Override
  public ChannelFuture writeSettingsAck(ChannelHandlerContext ctx, ChannelPromise promise) {
    return super.writeSettingsAck(ctx, counted(ctx, promise, MAX_ACKS));
  }

  @Override
  public ChannelFuture writePing(
      ChannelHandlerContext ctx, boolean ack, long data, ChannelPromise promise) {
    return super.writePing(ctx, ack, data, ack ? counted(ctx, promise, MAX_ACKS) : promise);
  }

  @Override
  public ChannelFuture writeRstStream(
      ChannelHandlerContext ctx, int streamId, long errorCode, ChannelPromise promise) {
    long now = System.nanoTime();
    if (now - windowStart > WINDOW_NANOS) {
      windowStart = now;
      resets = 0;
    }
    if (++resets > MAX_RESETS) {
      giveUp(ctx, "more than " + MAX_RESETS + " streams had to be reset");
    }
    if (owner != null) {
      owner.onResetWritten(errorCode);
    }
    return super.writeRstStream(ctx, streamId, errorCode, counted(ctx, promise, MAX_QUEUED));
  }

  private ChannelPromise counted(ChannelHandlerContext ctx, ChannelPromise promise, int most) {
    ChannelPromise own = promise.unvoid();
    queued++;
    own.addListener(onWritten);
    if (queued > most) {
      giveUp(ctx, "more than " + most + " replies are not read");
    }
    return own;
  }

  private void giveUp(ChannelHandlerContext ctx, String reason) {
    Http2Endpoint manager = owner;
    if (exceeded || manager == null) {
      return;
    }
    exceeded = true;
    manager.onError(
        ctx, true, Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, reason));
    // Who does not read would not take the goodbye either.
    ctx.channel().unsafe().close(ctx.channel().voidPromise());
  }
}
