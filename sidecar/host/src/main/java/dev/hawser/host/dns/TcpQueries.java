package dev.hawser.host.dns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.AttributeKey;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Queries over TCP (RFC 7766): each behind two octets of its length, several on one connection. */
final class TcpQueries extends SimpleChannelInboundHandler<ByteBuf> {
  private static final Logger LOG = LoggerFactory.getLogger(TcpQueries.class);
  private static final int MAX_QUERY = 4096;
  private static final int MAX_CONNECTIONS = 100;
  private static final int IDLE_SECONDS = 10;
  private static final AttributeKey<AtomicInteger> OPEN =
      AttributeKey.valueOf(TcpQueries.class, "open");

  private final Answerer answerer;

  /** Answers one message by calling back with the bytes, now or later. */
  @FunctionalInterface
  interface Answerer {
    void answer(byte[] message, boolean tcp, Consumer<byte[]> reply);
  }

  private TcpQueries(Answerer answerer) {
    this.answerer = answerer;
  }

  /** Sets a connection up, or closes it if there are too many. */
  static void install(Channel channel, Answerer answerer) {
    AtomicInteger open = openOf(channel.parent());
    if (open.incrementAndGet() > MAX_CONNECTIONS) {
      open.decrementAndGet();
      var _ = channel.close();
      return;
    }
    channel.closeFuture().addListener(_ -> open.decrementAndGet());
    channel
        .pipeline()
        .addLast(new ReadTimeoutHandler(IDLE_SECONDS, TimeUnit.SECONDS))
        .addLast(new LengthFieldBasedFrameDecoder(MAX_QUERY + 2, 0, 2, 0, 2))
        .addLast(new LengthFieldPrepender(2))
        .addLast(new TcpQueries(answerer));
  }

  private static AtomicInteger openOf(Channel listener) {
    AtomicInteger fresh = new AtomicInteger();
    AtomicInteger known = listener.attr(OPEN).setIfAbsent(fresh);
    return known == null ? fresh : known;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, ByteBuf query) {
    answerer.answer(
        ByteBufUtil.getBytes(query),
        true,
        answer -> {
          var _ = ctx.writeAndFlush(Unpooled.wrappedBuffer(answer));
        });
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.debug("A DNS connection ended. reason={}", cause.toString());
    var _ = ctx.close();
  }
}
