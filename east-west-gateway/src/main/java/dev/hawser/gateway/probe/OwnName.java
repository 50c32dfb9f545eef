package dev.hawser.gateway.probe;

import dev.hawser.engine.drain.DrainWatch;
import dev.hawser.engine.tls.MeshTls;
import dev.hawser.engine.tls.PeerVerified;
import dev.hawser.engine.tls.ServerTls;
import dev.hawser.trust.verify.ExpectedPeers;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers under the gateway's own name: {@code GET /ready} over mutual TLS, for whoever is a
 * member. It is how another cluster tells a gateway that works from one whose kernel still accepts.
 */
public final class OwnName implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OwnName.class);

  private static final int MAX_BODY = 1024;
  private static final int IDLE_SECONDS = 60;
  private static final int STREAMS = 8;

  private final ServerTls tls;
  private final DrainWatch drain;

  /** Makes the responder; its answer turns to 503 when the drain begins. */
  public OwnName(MeshTls tls, DrainWatch drain) {
    this.tls = tls.server(List.of("h2", "http/1.1"), ExpectedPeers.any());
    this.drain = drain;
  }

  /** Takes a connection whose ClientHello is still to be replayed; on its event loop. */
  public void serve(Channel channel) {
    channel.pipeline().addLast(new ReadTimeoutHandler(IDLE_SECONDS));
    var _ = tls.install(channel);
    channel.pipeline().addLast(new AfterHandshake());
  }

  private final class AfterHandshake extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof PeerVerified verified) {
        if ("h2".equals(verified.alpn())) {
          http2(ctx.channel());
        } else {
          http1(ctx.channel());
        }
        ctx.pipeline().remove(this);
      }
      ctx.fireUserEventTriggered(event);
    }
  }

  /** Ends a connection that broke; whoever it was asks again. */
  private static final class Quiet extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      LOG.debug(
          "A connection to the own name broke remote={} cause={}",
          ctx.channel().remoteAddress(),
          cause.toString());
      var _ = ctx.close();
    }
  }

  @Override
  public void close() {
    tls.close();
  }

  private void http1(Channel channel) {
    channel
        .pipeline()
        .addLast(new HttpServerCodec())
        .addLast(new HttpObjectAggregator(MAX_BODY))
        .addLast(new ReadyAnswer(drain))
        .addLast(new Quiet());
  }

  private void http2(Channel channel) {
    channel
        .pipeline()
        .addLast(
            Http2FrameCodecBuilder.forServer()
                .initialSettings(Http2Settings.defaultSettings().maxConcurrentStreams(STREAMS))
                .build())
        .addLast(
            new Http2MultiplexHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel stream) {
                    stream
                        .pipeline()
                        .addLast(new Http2StreamFrameToHttpObjectCodec(true))
                        .addLast(new HttpObjectAggregator(MAX_BODY))
                        .addLast(new ReadyAnswer(drain))
                        .addLast(new Quiet());
                  }
                }))
        .addLast(new Quiet());
  }
}
