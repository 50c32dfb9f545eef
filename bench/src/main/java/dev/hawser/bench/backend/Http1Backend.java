package dev.hawser.bench.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ByteProcessor;

/**
 * Answers each HTTP/1.1 request as soon as its head has ended. It understands no more than that:
 * requests have no body, and the first letters of the path choose the answer.
 */
final class Http1Backend extends ChannelInboundHandlerAdapter {
  /** Where the path stands in {@code GET /1m}. */
  private static final int PATH = 4;

  private static final ByteBuf SMALL = Answers.http1(Answers.SMALL);
  private static final ByteBuf LARGE = Answers.http1(Answers.LARGE);

  private int position;
  private int matched;
  private boolean large;
  private int owedSmall;
  private int owedLarge;

  private final ByteProcessor reader = this::take;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    try {
      bytes.forEachByte(reader);
    } finally {
      bytes.release();
    }
    for (; owedSmall > 0; owedSmall--) {
      var _ = ctx.write(SMALL.duplicate());
    }
    for (; owedLarge > 0; owedLarge--) {
      var _ = ctx.write(LARGE.duplicate());
    }
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

  private boolean take(byte value) {
    int at = position++ - PATH;
    if (at >= 0 && at < Answers.LARGE_PATH.length()) {
      boolean same = value == Answers.LARGE_PATH.charAt(at);
      large = at == 0 ? same : large && same;
    }
    boolean wanted = value == ((matched & 1) == 0 ? '\r' : '\n');
    matched = wanted ? matched + 1 : value == '\r' ? 1 : 0;
    if (matched == 4) {
      if (large) {
        owedLarge++;
      } else {
        owedSmall++;
      }
      position = 0;
      matched = 0;
      large = false;
    }
    return true;
  }
}
