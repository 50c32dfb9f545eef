package dev.hawser.it.conformance;

import com.google.protobuf.CodedOutputStream;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Frame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server that answers gRPC's {@code UnaryCall} as the negative cases of HTTP/2 want it, see
 * https://github.com/grpc/grpc/blob/master/doc/negative-http2-test-descriptions.md.
 */
final class UnkindGrpcServer implements AutoCloseable {
  /** What the client of the cases expects in an answer. */
  private static final int PAYLOAD_BYTES = 314_159;

  /** What the server does with a call. */
  enum Case {
    GOAWAY,
    RST_AFTER_HEADER,
    RST_DURING_DATA,
    RST_AFTER_DATA,
    PING,
    MAX_STREAMS
  }

  private final EventLoopGroup loop = new NioEventLoopGroup(1);
  private final Channel server;
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();
  private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final AtomicInteger pingsOwed = new AtomicInteger();
  private volatile Case present = Case.PING;

  UnkindGrpcServer(InetSocketAddress address) {
    server =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    open.add(channel);
                    Http2Settings settings = Http2Settings.defaultSettings();
                    if (present == Case.MAX_STREAMS) {
                      settings.maxConcurrentStreams(1);
                    }
                    channel
                        .pipeline()
                        .addLast(
                            Http2FrameCodecBuilder.forServer()
                                .initialSettings(settings)
                                .autoAckPingFrame(true)
                                .build(),
                            new Calls());
                  }
                })
            .bind(address)
            .syncUninterruptibly()
            .channel();
  }

  /** From now on calls are answered so, on new connections alone; counts begin at 0. */
  void behave(Case as) {
    present = as;
    open.close().syncUninterruptibly();
    calls.set(0);
    connections.set(0);
    pingsOwed.set(0);
  }

  /** Returns how many calls came. */
  int calls() {
    return calls.get();
  }

  /** Returns on how many connections calls came. */
  int connections() {
    return connections.get();
  }

  /** Returns how many pings have not been answered. */
  int pingsOwed() {
    return pingsOwed.get();
  }

  /** A {@code SimpleResponse} with its payload, behind gRPC's prefix. */
  private static byte[] message() {
    try {
      ByteArrayOutputStream payload = new ByteArrayOutputStream();
      CodedOutputStream out = CodedOutputStream.newInstance(payload);
      out.writeByteArray(2, new byte[PAYLOAD_BYTES]);
      out.flush();
      ByteArrayOutputStream response = new ByteArrayOutputStream();
      out = CodedOutputStream.newInstance(response);
      out.writeByteArray(1, payload.toByteArray());
      out.flush();
      return ByteBuffer.allocate(5 + response.size())
          .put((byte) 0)
          .putInt(response.size())
          .put(response.toByteArray())
          .array();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class Calls extends ChannelInboundHandlerAdapter {
    private final Case behaviour = present;
    private boolean used;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
      try {
        switch (frame) {
          case Http2PingFrame ping when ping.ack() -> pingsOwed.decrementAndGet();
          case Http2DataFrame data -> {
            var _ =
                ctx.write(
                    new DefaultHttp2WindowUpdateFrame(data.initialFlowControlledBytes())
                        .stream(data.stream()));
            if (data.isEndStream()) {
              answer(ctx, data.stream());
            }
          }
          case Http2HeadersFrame _ -> note(ctx);
          default -> {}
        }
      } finally {
        ReferenceCountUtil.release(frame);
      }
      ctx.flush();
    }

    private void note(ChannelHandlerContext ctx) {
      calls.incrementAndGet();
      if (!used) {
        used = true;
        connections.incrementAndGet();
      }
      ping(ctx);
    }

    private void ping(ChannelHandlerContext ctx) {
      if (behaviour == Case.PING) {
        pingsOwed.incrementAndGet();
        var _ = ctx.write(new DefaultHttp2PingFrame(calls.get()));
      }
    }

    private void answer(ChannelHandlerContext ctx, Http2FrameStream stream) {
      write(
          ctx,
          stream,
          new DefaultHttp2HeadersFrame(
              new DefaultHttp2Headers().status("200").add("content-type", "application/grpc")));
      byte[] message = message();
      ping(ctx);
      switch (behaviour) {
        case RST_AFTER_HEADER -> reset(ctx, stream);
        case RST_DURING_DATA -> {
          data(ctx, stream, Unpooled.wrappedBuffer(message, 0, message.length / 10));
          reset(ctx, stream);
        }
        case RST_AFTER_DATA -> {
          // A reset overtakes data that waits for the peer's window.
          var _ =
              ctx.writeAndFlush(
                      new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(message)).stream(stream))
                  .addListener(_ -> {
                    reset(ctx, stream);
                    ctx.flush();
                  });
        }
        case GOAWAY, PING, MAX_STREAMS -> {
          data(ctx, stream, Unpooled.wrappedBuffer(message));
          ping(ctx);
          if (behaviour == Case.GOAWAY) {
            var _ = ctx.write(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
          }
          write(
              ctx,
              stream,
              new DefaultHttp2HeadersFrame(
                  new DefaultHttp2Headers().add("grpc-status", "0"), true));
        }
      }
    }

    private void data(ChannelHandlerContext ctx, Http2FrameStream stream, ByteBuf bytes) {
      var _ = ctx.write(new DefaultHttp2DataFrame(bytes).stream(stream));
    }

    private void reset(ChannelHandlerContext ctx, Http2FrameStream stream) {
      var _ = ctx.write(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR).stream(stream));
    }

    private void write(
        ChannelHandlerContext ctx, Http2FrameStream stream, DefaultHttp2HeadersFrame frame) {
      Http2Frame onStream = frame.stream(stream);
      var _ = ctx.write(onStream);
    }
  }

  @Override
  public void close() {
    server.close().syncUninterruptibly();
    loop.shutdownGracefully().syncUninterruptibly();
  }
}
