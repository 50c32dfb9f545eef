package dev.hawser.proxy.http;

import dev.hawser.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/**
 * What both ends of an HTTP/1.x connection have in common: bytes come in, go through as far as the
 * present message allows, and are held back while what was passed on has not gone on its way.
 */
abstract class Http1Connection extends ChannelInboundHandlerAdapter {
  /** Body bytes that may be on their way through us before the peer is not read any more. */
  private static final int UNCREDITED_LIMIT = 128 * 1024;

  private final Worker worker;
  private final HttpLimits limits;
  private final Http1HeadFinder finder;
  private final Http1BodyReader body;
  private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
  private @Nullable ChannelHandlerContext context;
  private @Nullable FlushOnce flusher;
  private int uncredited;
  private boolean processing;

  /**
   * Makes the handler.
   *
   * @param strictLines whether a line feed alone is refused
   */
  Http1Connection(Worker worker, HttpLimits limits, boolean strictLines) {
    this.worker = worker;
    this.limits = limits;
    this.finder = new Http1HeadFinder(limits.headBytes(), strictLines);
    this.body = new Http1BodyReader(limits);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    flusher = new FlushOnce(worker.loop(), ctx::flush);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    dropBuffer();
  }

  Worker worker() {
    return worker;
  }

  HttpLimits limits() {
    return limits;
  }

  Http1BodyReader body() {
    return body;
  }

  ChannelHandlerContext context() {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      throw new IllegalStateException("handler is not in a pipeline");
    }
    return ctx;
  }

  /** Returns what has been read and not been understood yet. */
  ByteBuf buffer() {
    return buffer;
  }

  /** Takes what has been read. */
  void take(ByteBuf in) {
    buffer = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context().alloc(), buffer, in);
    process();
  }

  /** Goes through what has been read as far as the present message allows. */
  void process() {
    if (processing) {
      return;
    }
    processing = true;
    try {
      while (!isOver() && readSome()) {
        // each round takes one head or one piece of a body
      }
    } catch (BadMessageException e) {
      onBad(e);
    } finally {
      processing = false;
    }
    if (!buffer.isReadable()) {
      dropBuffer();
    }
    updateReading();
  }

  /** Whether nothing that comes is looked at any more. */
  abstract boolean isOver();

  /**
   * Takes one head or one piece of a body.
   *
   * @return whether there may be more to take
   */
  abstract boolean readSome() throws BadMessageException;

  /** Gives up on a peer that broke the rules. */
  abstract void onBad(BadMessageException problem);

  /** Whether more bytes may come, as far as it is not about bytes on their way through us. */
  abstract boolean wantsBytes();

  /** The peer has said that no more comes, while it may still listen. */
  abstract void onInputEnd();

  byte @Nullable [] findHead() throws BadMessageException {
    return finder.find(buffer);
  }

  /**
   * Gives the next piece of the body to the listener.
   *
   * @return whether there was one
   */
  boolean passBody(StreamListener listener) throws BadMessageException {
    switch (body.step(buffer)) {
      case NEED_MORE -> {
        return false;
      }
      case DATA -> {
        ByteBuf piece = body.data();
        uncredited += piece.readableBytes();
        listener.onData(piece, body.isComplete());
      }
      case TRAILERS -> {
        if (body.trailers().isEmpty()) {
          listener.onData(Unpooled.EMPTY_BUFFER, true);
        } else {
          listener.onTrailers(body.trailers());
        }
      }
    }
    return true;
  }

  /** Takes note that bytes of a body have gone on their way. */
  void credited(int bytes) {
    uncredited = Math.max(0, uncredited - bytes);
    if (!processing) {
      updateReading();
    }
  }

  /** The next message begins with nothing on its way. */
  void forgetCredit() {
    uncredited = 0;
  }

  void write(ByteBuf bytes) {
    ChannelHandlerContext ctx = context();
    var _ = ctx.write(bytes, ctx.voidPromise());
    FlushOnce flush = flusher;
    if (flush != null) {
      flush.request();
    }
  }

  /** From now on the connection carries bytes of another protocol, each direction on its own. */
  void openTunnel() {
    if (!isTls()) {
      context().channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    }
    body.openTunnel();
    process();
  }

  /** Says that no more comes, when everything written has left. */
  void endOutput() {
    ChannelHandlerContext ctx = context();
    var written = ctx.writeAndFlush(Unpooled.EMPTY_BUFFER);
    if (!isTls() && ctx.channel() instanceof DuplexChannel duplex) {
      written.addListener(_ -> {
        var _ = duplex.shutdownOutput();
      });
    }
  }

  boolean isTls() {
    return context().pipeline().get(SslHandler.class) != null;
  }

  void updateReading() {
    if (context().isRemoved()) {
      return;
    }
    boolean wanted = isOver() || (wantsBytes() && uncredited < UNCREDITED_LIMIT);
    var config = context().channel().config();
    if (config.isAutoRead() != wanted) {
      config.setAutoRead(wanted);
    }
  }

  void dropBuffer() {
    buffer.release();
    buffer = Unpooled.EMPTY_BUFFER;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      onInputEnd();
    }
    ctx.fireUserEventTriggered(event);
  }
}
