package dev.hawser.proxy.http;

import dev.hawser.proxy.worker.Timer;
import dev.hawser.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AsciiString;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Serves HTTP/1.0 and 1.1 to a client (RFC 9112): one request after the other, pipelined ones wait
 * in a bounded buffer. A message that could be understood in two ways is answered with an error and
 * the connection is closed.
 */
public final class Http1ServerConnection extends ChannelInboundHandlerAdapter
    implements ServerConnection {
  /** Bytes of later requests that are held while one is at work. */
  private static final int PIPELINE_LIMIT = 64 * 1024;

  /** Body bytes that may be on their way through us before the client is not read any more. */
  private static final int UNCREDITED_LIMIT = 128 * 1024;

  /** How long a client may take to notice that we are done with it. */
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How long an idle client may still send a request after the drain has begun. */
  private static final long DRAIN_IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Worker worker;
  private final HttpLimits limits;
  private final RequestAcceptor acceptor;
  private final Http1HeadFinder finder;
  private final Http1BodyReader body;
  private final Timer timer = new Timer(this::onTimeout);
  private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
  private @Nullable ChannelHandlerContext context;
  private @Nullable FlushOnce flusher;
  private @Nullable Http1ServerStream current;
  private int uncredited;
  private int emptyLines;
  private boolean headBegun;
  private boolean processing;
  private boolean closing;
  private boolean draining;

  /** Makes the handler for one connection that lives on the worker's loop. */
  public Http1ServerConnection(Worker worker, HttpLimits limits, RequestAcceptor acceptor) {
    this.worker = worker;
    this.limits = limits;
    this.acceptor = acceptor;
    this.finder = new Http1HeadFinder(limits.headBytes(), true);
    this.body = new Http1BodyReader(limits);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    flusher = new FlushOnce(worker.loop(), ctx::flush);
    armIdle(limits.idleTimeout());
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    worker.timers().cancel(timer);
    dropBuffer();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    ByteBuf in = (ByteBuf) msg;
    if (closing) {
      in.release();
      return;
    }
    buffer = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), buffer, in);
    process();
  }

  /** Goes through what has been read as far as the present request allows. */
  private void process() {
    if (processing) {
      return;
    }
    processing = true;
    try {
      while (!closing && readSome()) {
        // each round takes one head or one piece of a body
      }
    } catch (BadMessageException e) {
      refuse(e);
    } finally {
      processing = false;
    }
    if (!buffer.isReadable()) {
      dropBuffer();
    }
    updateReading();
  }

  private boolean readSome() throws BadMessageException {
    Http1ServerStream stream = current;
    if (stream == null) {
      return readHead();
    }
    if (body.isComplete()) {
      return false;
    }
    switch (body.step(buffer)) {
      case NEED_MORE -> {
        return false;
      }
      case DATA -> {
        ByteBuf piece = body.data();
        uncredited += piece.readableBytes();
        stream.listener().onData(piece, body.isComplete());
      }
      case TRAILERS -> {
        if (body.trailers().isEmpty()) {
          stream.listener().onData(Unpooled.EMPTY_BUFFER, true);
        } else {
          stream.listener().onTrailers(body.trailers());
        }
      }
    }
    return true;
  }

  private boolean readHead() throws BadMessageException {
    if (!buffer.isReadable()) {
      return false;
    }
    if (!headBegun) {
      headBegun = true;
      worker.timers().arm(timer, limits.headTimeout().toNanos());
    }
    byte[] bytes = finder.find(buffer);
    if (bytes == null) {
      return false;
    }
    if (bytes.length == 0) {
      // RFC 9112 section 2.2: an empty line before a request is ignored; a stream of them is not.
      if (++emptyLines > 2) {
        throw new BadMessageException(400, "empty lines instead of a request");
      }
      return true;
    }
    Http1Head head = Http1HeadParser.request(bytes, limits);
    worker.timers().cancel(timer);
    headBegun = false;
    emptyLines = 0;
    begin(head);
    return true;
  }

  private void begin(Http1Head head) {
    body.begin(head);
    CharSequence method = head.headers().method();
    Http1ServerStream stream =
        new Http1ServerStream(this, head, AsciiString.contentEquals("HEAD", method));
    current = stream;
    stream.listen(acceptor.accept(stream, head.http11() ? "HTTP/1.1" : "HTTP/1.0"));
    stream.listener().onHeaders(head.headers(), body.isComplete());
  }

  /** Called by the stream when its response is whole. */
  void responseEnded(Http1ServerStream stream, boolean keepAlive) {
    if (current != stream) {
      return;
    }
    current = null;
    boolean requestWhole = body.isComplete();
    uncredited = 0;
    if (!requestWhole || !keepAlive) {
      closeCalmly(!requestWhole);
      return;
    }
    armIdle(draining ? Duration.ofNanos(DRAIN_IDLE_NANOS) : limits.idleTimeout());
    process();
  }

  /** Called by the stream when it cannot be completed. */
  void abort(Http1ServerStream stream, boolean hard) {
    if (current == stream) {
      current = null;
    }
    closing = true;
    ChannelHandlerContext ctx = context();
    if (hard) {
      // An end of the connection would read as the end of this body.
      ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
    }
    var _ = ctx.close();
  }

  void credit(int bytes) {
    uncredited = Math.max(0, uncredited - bytes);
    if (!processing) {
      updateReading();
    }
  }

  boolean closesAfterResponse() {
    return draining || closing;
  }

  void write(ByteBuf bytes) {
    ChannelHandlerContext ctx = context();
    var _ = ctx.write(bytes, ctx.voidPromise());
    FlushOnce flush = flusher;
    if (flush != null) {
      flush.request();
    }
  }

  ChannelHandlerContext context() {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      throw new IllegalStateException("handler is not in a pipeline");
    }
    return ctx;
  }

  private void refuse(BadMessageException problem) {
    Http1ServerStream stream = current;
    boolean answerable = stream == null || !stream.hasBegun();
    current = null;
    if (stream != null) {
      stream.fail(new StreamFailure(StreamFailure.Kind.PROTOCOL, problem.reason()));
    } else {
      acceptor.onBadRequest(problem.status(), problem.reason(), "HTTP/1.1");
    }
    if (answerable) {
      answer(problem.status(), problem.reason());
    }
    closeCalmly(true);
  }

  private void answer(int status, String reason) {
    ByteBuf text = ByteBufUtil.writeAscii(context().alloc(), reason + "\n");
    Http2Headers headers =
        new DefaultHttp2Headers(false)
            .status(Integer.toString(status))
            .add(HeaderNames.CONTENT_TYPE, AsciiString.cached("text/plain"))
            .add(HeaderNames.CONTENT_LENGTH, Integer.toString(text.readableBytes()));
    write(
        Http1Writer.response(context().alloc(), headers, Http1Writer.BodyForm.FIXED, true, false));
    write(text);
  }

  /**
   * Closes when everything written has left.
   *
   * @param unread whether the client may still be sending: closing at once would reset the
   *     connection and could destroy the answer on its way
   */
  private void closeCalmly(boolean unread) {
    closing = true;
    dropBuffer();
    ChannelHandlerContext ctx = context();
    var written = ctx.writeAndFlush(Unpooled.EMPTY_BUFFER);
    if (!unread
        || ctx.pipeline().get(SslHandler.class) != null
        || !(ctx.channel() instanceof DuplexChannel duplex)) {
      written.addListener(ChannelFutureListener.CLOSE);
      return;
    }
    written.addListener(_ -> {
      var _ = duplex.shutdownOutput();
    });
    worker.timers().arm(timer, LINGER_NANOS);
    updateReading();
  }

  private void onTimeout() {
    ChannelHandlerContext ctx = context();
    if (closing || current != null) {
      var _ = ctx.close();
      return;
    }
    if (headBegun) {
      refuse(new BadMessageException(408, "head did not come within " + limits.headTimeout()));
    } else {
      var _ = ctx.close();
    }
  }

  private void armIdle(Duration time) {
    if (!headBegun) {
      worker.timers().arm(timer, time.toNanos());
    }
  }

  private void updateReading() {
    boolean wanted;
    if (closing || current == null) {
      wanted = true;
    } else if (body.isComplete()) {
      wanted = buffer.readableBytes() < PIPELINE_LIMIT;
    } else {
      wanted = uncredited < UNCREDITED_LIMIT;
    }
    var config = context().channel().config();
    if (config.isAutoRead() != wanted) {
      config.setAutoRead(wanted);
    }
  }

  private void dropBuffer() {
    buffer.release();
    buffer = Unpooled.EMPTY_BUFFER;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    Http1ServerStream stream = current;
    if (stream != null && ctx.channel().isWritable()) {
      stream.listener().onWritable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    closing = true;
    Http1ServerStream stream = current;
    current = null;
    if (stream != null) {
      stream.fail(new StreamFailure(StreamFailure.Kind.CANCELLED, "client closed the connection"));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A reset by the client, or a failed handshake: channelInactive tells the stream.
    var _ = ctx.close();
  }

  @Override
  public void drain() {
    if (!worker.loop().inEventLoop()) {
      worker.loop().execute(this::drain);
      return;
    }
    draining = true;
    if (current == null && !headBegun && !closing) {
      armIdle(Duration.ofNanos(DRAIN_IDLE_NANOS));
    }
  }

  @Override
  public boolean isBusy() {
    return current != null;
  }
}
