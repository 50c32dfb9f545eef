package dev.hawser.proxy.http;

import dev.hawser.proxy.worker.Timer;
import dev.hawser.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/** Sends requests over HTTP/1.1, one at a time, and keeps the connection for the next. */
public final class Http1ClientConnection extends ChannelInboundHandlerAdapter
    implements ClientConnection {
  private static final int UNCREDITED_LIMIT = 128 * 1024;

  private final Worker worker;
  private final HttpLimits limits;
  private final Observer observer;
  private final Http1HeadFinder finder;
  private final Http1BodyReader body;
  private final Timer idle = new Timer(this::close);
  private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
  private @Nullable ChannelHandlerContext context;
  private @Nullable FlushOnce flusher;
  private @Nullable Http1ClientStream current;
  private boolean headSeen;
  private boolean keepAlive = true;
  private boolean processing;
  private boolean closed;
  private int uncredited;
  private StreamFailure cause =
      new StreamFailure(StreamFailure.Kind.CLOSED, "connection closed by the application");

  /** Makes the handler for one connection that lives on the worker's loop. */
  public Http1ClientConnection(Worker worker, HttpLimits limits, Observer observer) {
    this.worker = worker;
    this.limits = limits;
    this.observer = observer;
    this.finder = new Http1HeadFinder(limits.headBytes(), false);
    this.body = new Http1BodyReader(limits);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    flusher = new FlushOnce(worker.loop(), ctx::flush);
    worker.timers().arm(idle, limits.idleTimeout().toNanos());
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    worker.timers().cancel(idle);
    dropBuffer();
  }

  @Override
  public HttpStream open(StreamListener listener) {
    if (spare() == 0) {
      throw new IllegalStateException("connection takes no request now");
    }
    worker.timers().cancel(idle);
    Http1ClientStream stream = new Http1ClientStream(this, listener);
    current = stream;
    headSeen = false;
    uncredited = 0;
    return stream;
  }

  @Override
  public int spare() {
    return current == null && keepAlive && !closed ? 1 : 0;
  }

  @Override
  public int active() {
    return current == null ? 0 : 1;
  }

  @Override
  public Channel channel() {
    return context().channel();
  }

  @Override
  public void retire() {
    keepAlive = false;
    if (current == null) {
      close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    ByteBuf in = (ByteBuf) msg;
    if (closed) {
      in.release();
      return;
    }
    buffer = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), buffer, in);
    if (current == null) {
      // Nobody asked: what comes cannot be told from an answer to the next request.
      failWith(StreamFailure.Kind.PROTOCOL, "bytes without a request");
      return;
    }
    process();
  }

  private void process() {
    if (processing) {
      return;
    }
    processing = true;
    try {
      while (!closed && readSome()) {
        // each round takes one head or one piece of a body
      }
    } catch (BadMessageException e) {
      failWith(StreamFailure.Kind.PROTOCOL, e.reason());
    } finally {
      processing = false;
    }
    if (!buffer.isReadable()) {
      dropBuffer();
    }
    if (!closed) {
      updateReading();
    }
  }

  private boolean readSome() throws BadMessageException {
    Http1ClientStream stream = current;
    if (stream == null) {
      return false;
    }
    if (!headSeen) {
      return readHead(stream);
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
    endIfWhole(stream);
    return true;
  }

  private boolean readHead(Http1ClientStream stream) throws BadMessageException {
    byte[] bytes = finder.find(buffer);
    if (bytes == null) {
      return false;
    }
    Http1Head head = Http1HeadParser.response(bytes, stream.isHead(), limits);
    CharSequence status = head.headers().status();
    if (status.charAt(0) == '1') {
      stream.listener().onInformational(head.headers());
      return true;
    }
    headSeen = true;
    keepAlive &= head.keepAlive();
    body.begin(head);
    stream.listener().onHeaders(head.headers(), body.isComplete());
    endIfWhole(stream);
    return true;
  }

  private void endIfWhole(Http1ClientStream stream) {
    if (current != stream || !headSeen || !body.isComplete()) {
      return;
    }
    current = null;
    boolean requestWhole = stream.isSent();
    stream.end();
    if (!keepAlive || !requestWhole || buffer.isReadable()) {
      close();
      return;
    }
    worker.timers().arm(idle, limits.idleTimeout().toNanos());
    observer.onSpare(this);
  }

  /** The stream was broken off: what its connection would say next belongs to nobody. */
  void abandon(Http1ClientStream stream) {
    if (current == stream) {
      current = null;
      cause = new StreamFailure(StreamFailure.Kind.CANCELLED, "request was broken off");
      close();
    }
  }

  void credit(Http1ClientStream stream, int bytes) {
    if (current == stream) {
      uncredited = Math.max(0, uncredited - bytes);
      if (!processing) {
        updateReading();
      }
    }
  }

  void write(ByteBuf bytes) {
    if (closed) {
      bytes.release();
      return;
    }
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

  private void failWith(StreamFailure.Kind kind, String detail) {
    cause = new StreamFailure(kind, detail);
    close();
  }

  private void close() {
    var _ = context().close();
  }

  private void updateReading() {
    boolean wanted = uncredited < UNCREDITED_LIMIT;
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
    Http1ClientStream stream = current;
    if (stream != null && ctx.channel().isWritable()) {
      stream.listener().onWritable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    closed = true;
    keepAlive = false;
    Http1ClientStream stream = current;
    current = null;
    if (stream != null) {
      boolean orderly = cause.kind() == StreamFailure.Kind.CLOSED;
      if (orderly && headSeen && body.endsWithConnection()) {
        stream.end();
        stream.listener().onData(Unpooled.EMPTY_BUFFER, true);
      } else {
        stream.fail(cause);
      }
    }
    observer.onClosed(this, cause);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable problem) {
    if (cause.kind() == StreamFailure.Kind.CLOSED) {
      cause = new StreamFailure(StreamFailure.Kind.RESET, String.valueOf(problem.getMessage()));
    }
    var _ = ctx.close();
  }
}
