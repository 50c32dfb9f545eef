package dev.hawser.engine.hello;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Holds the first bytes of a connection until they say where it goes.
 *
 * <p>One per connection. Reading is switched off from the decision until {@link #replay}.
 */
public final class HelloHandler extends ChannelInboundHandlerAdapter {
  private final Duration timeout;
  private final HelloRouter router;
  private final ClientHelloParser parser = new ClientHelloParser();
  private ByteBuf held = Unpooled.EMPTY_BUFFER;
  private boolean decided;
  private boolean replaying;
  private boolean inputEnded;
  private @Nullable ScheduledFuture<?> timer;

  /**
   * Makes a handler for one connection.
   *
   * @param timeout from the beginning of the connection to a whole ClientHello
   */
  public HelloHandler(Duration timeout, HelloRouter router) {
    this.timeout = timeout;
    this.router = router;
  }

  /**
   * Hands the held bytes to the handlers after the one of {@code ctx}, takes that one out of the
   * pipeline and switches reading on.
   *
   * @param ctx as given to {@link HelloRouter#onHello}
   */
  public static void replay(ChannelHandlerContext ctx) {
    HelloHandler handler = (HelloHandler) ctx.handler();
    handler.replaying = true;
    ctx.pipeline().remove(handler);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    timer =
        ctx.executor()
            .schedule(
                () -> decide(ctx, Detection.INCOMPLETE), timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    ByteBuf more = (ByteBuf) msg;
    held =
        held.isReadable()
            ? ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), held, more)
            : more;
    if (decided) {
      return;
    }
    Detection detection = parser.detect(held);
    if (!(detection instanceof Detection.Incomplete)) {
      decide(ctx, detection);
    }
  }

  private void decide(ChannelHandlerContext ctx, Detection detection) {
    if (decided) {
      return;
    }
    decided = true;
    stopTimer();
    ctx.channel().config().setAutoRead(false);
    router.onHello(ctx, detection);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    // Nothing was handed on, so nothing is complete.
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded = true;
      decide(ctx, Detection.INCOMPLETE);
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    decide(ctx, Detection.INCOMPLETE);
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    stopTimer();
    ByteBuf bytes = held;
    held = Unpooled.EMPTY_BUFFER;
    if (!replaying || !bytes.isReadable()) {
      bytes.release();
    } else {
      ctx.fireChannelRead(bytes);
      ctx.fireChannelReadComplete();
    }
    if (replaying) {
      if (inputEnded) {
        ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
      }
      ctx.channel().config().setAutoRead(true);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (decided) {
      ctx.fireExceptionCaught(cause);
    } else {
      // Reset while saying hello: the channel goes inactive, which decides.
      var _ = ctx.close();
    }
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
