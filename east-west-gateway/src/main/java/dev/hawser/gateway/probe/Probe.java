package dev.hawser.gateway.probe;

import dev.hawser.engine.loop.ClientOptions;
import dev.hawser.engine.loop.EventLoops;
import dev.hawser.engine.tls.ClientTls;
import dev.hawser.engine.tls.PeerVerified;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One question to one gateway of another cluster: mutual TLS under its own name and {@code GET
 * /ready}, with one deadline over all of it. A new connection each time, since an old one would not
 * show that new ones are taken.
 */
final class Probe {
  private static final int MAX_BODY = 4096;

  private final String name;
  private final Consumer<Boolean> onResult;
  private boolean over;

  private Probe(String name, Consumer<Boolean> onResult) {
    this.name = name;
    this.onResult = onResult;
  }

  /**
   * Asks.
   *
   * @param onResult called once, on the loop: whether the answer was 200 in time
   */
  static void ask(
      EventLoops loops,
      EventLoop loop,
      InetSocketAddress address,
      String name,
      ClientTls tls,
      long timeoutMillis,
      Consumer<Boolean> onResult) {
    Probe probe = new Probe(name, onResult);
    var connecting =
        loops
            .client(loop, ClientOptions.defaults())
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    probe.prepare(channel, tls);
                  }
                })
            .connect(address);
    Channel channel = connecting.channel();
    var deadline =
        loop.schedule(() -> probe.end(channel, false), timeoutMillis, TimeUnit.MILLISECONDS);
    channel
        .closeFuture()
        .addListener(_ -> {
          deadline.cancel(false);
          probe.end(channel, false);
        });
  }

  private void prepare(Channel channel, ClientTls tls) {
    var _ = tls.install(channel, name);
    channel
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                if (event instanceof PeerVerified) {
                  send(ctx.channel());
                  ctx.pipeline().remove(this);
                }
                ctx.fireUserEventTriggered(event);
              }
            });
  }

  private void send(Channel channel) {
    channel
        .pipeline()
        .addLast(new HttpClientCodec())
        .addLast(new HttpObjectAggregator(MAX_BODY))
        .addLast(
            new SimpleChannelInboundHandler<FullHttpResponse>() {
              @Override
              protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
                end(ctx.channel(), response.status().code() == 200);
              }
            });
    FullHttpRequest request =
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/ready");
    request
        .headers()
        .set(HttpHeaderNames.HOST, name)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    channel
        .writeAndFlush(request)
        .addListener(sent -> {
          if (!sent.isSuccess()) {
            end(channel, false);
          }
        });
  }

  private void end(Channel channel, boolean answered) {
    if (!over) {
      over = true;
      onResult.accept(answered);
      var _ = channel.close();
    }
  }
}
