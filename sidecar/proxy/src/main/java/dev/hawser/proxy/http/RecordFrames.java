package dev.hawser.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DecoratingHttp2FrameWriter;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameWriter;

/**
 * Writes data in frames that fill a TLS record each, head included (RFC 8446 section 5.1). With the
 * usual size the end of each frame would lie in the next record, and who reads would have to copy
 * everything to put the parts together.
 */
final class RecordFrames extends DecoratingHttp2FrameWriter {
  /** The most that one frame holds. */
  static final int MOST = 16 * 1024 - Http2CodecUtil.FRAME_HEADER_LENGTH;

  RecordFrames(Http2FrameWriter writer) {
    super(writer);
  }

  @Override
  public ChannelFuture writeData(
      ChannelHandlerContext ctx,
      int streamId,
      ByteBuf data,
      int padding,
      boolean endStream,
      ChannelPromise promise) {
    if (padding > 0) {
      return super.writeData(ctx, streamId, data, padding, endStream, promise);
    }
    while (data.readableBytes() > MOST) {
      // Frames are written in order: when the last one is out, so are those before it.
      var _ =
          super.writeData(ctx, streamId, data.readRetainedSlice(MOST), 0, false, ctx.newPromise());
    }
    return super.writeData(ctx, streamId, data, 0, endStream, promise);
  }
}
