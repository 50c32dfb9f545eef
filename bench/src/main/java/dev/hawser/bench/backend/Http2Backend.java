package dev.hawser.bench.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.netty.util.ReferenceCountUtil;

/** Answers each HTTP/2 request when it has ended; a POST is a gRPC call and gets trailers. */
final class Http2Backend extends ChannelInboundHandlerAdapter {
  private static final ByteBuf BODY = ready(Answers.body(Answers.SMALL));
  private static final ByteBuf MESSAGE = ready(Answers.message());
  private static final Http2Headers HEADERS =
      new DefaultHttp2Headers()
          .status("200")
          .set("content-type", "text/plain")
          .setInt("content-length", Answers.SMALL);
  private static final Http2Headers GRPC_HEADERS =
      new DefaultHttp2Headers().status("200").set("content-type", "application/grpc");
  private static final Http2Headers TRAILERS = new DefaultHttp2Headers().set("grpc-status", "0");

  private static ByteBuf ready(byte[] bytes) {
    return Unpooled.unreleasableBuffer(
        Unpooled.directBuffer(bytes.length).writeBytes(bytes).asReadOnly());
  }

  /** Returns the handlers of a connection. */
  static ChannelHandler[] handlers() {
    Http2FrameCodec codec = Http2FrameCodecBuilder.forServer().build();
    return new ChannelHandler[] {codec, new Http2Backend()};
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      switch (message) {
        case Http2HeadersFrame headers when headers.isEndStream() -> answer(ctx, headers);
        case Http2DataFrame data -> {
          int consumed = data.initialFlowControlledBytes();
          var _ = ctx.write(new DefaultHttp2WindowUpdateFrame(consumed).stream(data.stream()));
          if (data.isEndStream()) {
            answerCall(ctx, data.stream());
          }
        }
        default -> {
          // Settings, pings and resets: the codec has done what is to be done.
        }
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private static void answer(ChannelHandlerContext ctx, Http2StreamFrame request) {
    write(ctx, new DefaultHttp2HeadersFrame(HEADERS, false).stream(request.stream()));
    write(ctx, new DefaultHttp2DataFrame(BODY.duplicate(), true).stream(request.stream()));
  }

  private static void answerCall(ChannelHandlerContext ctx, Http2FrameStream stream) {
    write(ctx, new DefaultHttp2HeadersFrame(GRPC_HEADERS, false).stream(stream));
    write(ctx, new DefaultHttp2DataFrame(MESSAGE.duplicate(), false).stream(stream));
    write(ctx, new DefaultHttp2HeadersFrame(TRAILERS, true).stream(stream));
  }

  private static void write(ChannelHandlerContext ctx, Object frame) {
    var _ = ctx.write(frame);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // Clients end connections as they like; what that costs an answer, the load counts.
    var _ = ctx.close();
  }
}
