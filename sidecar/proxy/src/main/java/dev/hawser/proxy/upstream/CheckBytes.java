package dev.hawser.proxy.upstream;

import dev.hawser.proxy.model.HealthCheck.Bytes;
import dev.hawser.proxy.model.HealthCheck.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Sends bytes and waits for those that must come, in order. */
final class CheckBytes extends ChannelInboundHandlerAdapter {
  /** What comes without being what is waited for must not grow. */
  private static final int MAX_ANSWER = 64 * 1024;

  private final Kind.Tcp asked;
  private final CheckCall call;
  private final ByteBuf seen = Unpooled.buffer();
  private int found;

  CheckBytes(Kind.Tcp asked, CheckCall call) {
    this.asked = asked;
    this.call = call;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    asked
        .send()
        .ifPresent(bytes -> {
          var _ = ctx.writeAndFlush(Unpooled.wrappedBuffer(bytes.toArray()));
        });
    if (asked.receive().isEmpty()) {
      call.end(CheckWatch.Result.PASSED, "");
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    ByteBuf data = (ByteBuf) msg;
    seen.writeBytes(data);
    data.release();
    while (found < asked.receive().size()) {
      Bytes wanted = asked.receive().get(found);
      ByteBuf needle = Unpooled.wrappedBuffer(wanted.toArray());
      int at = ByteBufUtil.indexOf(needle, seen);
      if (at < 0) {
        if (seen.readableBytes() > MAX_ANSWER) {
          call.end(CheckWatch.Result.FAILED, "other bytes came than those expected");
        }
        return;
      }
      seen.readerIndex(at + needle.readableBytes());
      seen.discardReadBytes();
      found++;
    }
    call.end(CheckWatch.Result.PASSED, "");
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    call.end(CheckWatch.Result.SILENT, "closed");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    call.end(CheckWatch.Result.SILENT, String.valueOf(cause.getMessage()));
  }
}
