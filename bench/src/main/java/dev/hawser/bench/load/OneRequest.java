package dev.hawser.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.charset.StandardCharsets;

/** Sends one request, reads its answer to the end and closes the connection. */
final class OneRequest extends ChannelInboundHandlerAdapter {
  private static final ByteBuf REQUEST =
      Unpooled.unreleasableBuffer(
          Unpooled.directBuffer()
              .writeBytes(
                  "GET / HTTP/1.1\r\nhost: app.bench\r\n\r\n".getBytes(StandardCharsets.US_ASCII))
              .asReadOnly());
  private static final byte[] GOOD = "HTTP/1.1 200".getBytes(StandardCharsets.US_ASCII);

  /** Hears how it went, once. */
  interface Outcome {
    void done(long bytes);

    void failed(String reason);
  }

  private final boolean tls;
  private final int bodyLength;
  private final Outcome outcome;
  private int matched;
  private int body = -1;
  private long bytes;
  private boolean over;

  OneRequest(boolean tls, int bodyLength, Outcome outcome) {
    this.tls = tls;
    this.bodyLength = bodyLength;
    this.outcome = outcome;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (!tls) {
      var _ = ctx.writeAndFlush(REQUEST.duplicate());
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        var _ = ctx.writeAndFlush(REQUEST.duplicate());
      } else {
        end(ctx, "handshake: " + handshake.cause());
      }
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf read = (ByteBuf) message;
    try {
      if (bytes < GOOD.length && !isGood(read)) {
        end(ctx, "the answer is not 200");
      }
      bytes += read.readableBytes();
      read.forEachByte(this::take);
    } finally {
      read.release();
    }
    if (body == bodyLength) {
      end(ctx, "");
    } else if (body > bodyLength) {
      end(ctx, "a body of more than " + bodyLength + " bytes");
    }
  }

  private boolean isGood(ByteBuf read) {
    for (int i = 0; i < read.readableBytes() && bytes + i < GOOD.length; i++) {
      if (read.getByte(read.readerIndex() + i) != GOOD[(int) bytes + i]) {
        return false;
      }
    }
    return true;
  }

  private boolean take(byte value) {
    if (body >= 0) {
      body++;
      return true;
    }
    boolean wanted = value == ((matched & 1) == 0 ? '\r' : '\n');
    matched = wanted ? matched + 1 : value == '\r' ? 1 : 0;
    if (matched == 4) {
      body = 0;
    }
    return true;
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end(ctx, "closed after " + bytes + " bytes");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    end(ctx, String.valueOf(cause));
  }

  private void end(ChannelHandlerContext ctx, String failure) {
    if (over) {
      return;
    }
    over = true;
    // The next connection begins when this one has been given up, not before.
    var _ = ctx.close();
    if (failure.isEmpty()) {
      outcome.done(bytes);
    } else {
      outcome.failed(failure);
    }
  }
}
