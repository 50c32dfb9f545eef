package dev.hawser.proxy.http;

import dev.hawser.proxy.worker.Timer;
import dev.hawser.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/** Sends requests over HTTP/1.1, one at a time, and keeps the connection for the next. */
public final class Http1ClientConnection extends Http1Connection implements ClientConnection {
  private final Observer observer;
  private final Timer idle = new Timer(this::close);
  private @Nullable Http1ClientStream current;
  private boolean headSeen;
  private boolean kept;
  private boolean keepAlive = true;
  private boolean closed;
  private StreamFailure cause =
      new StreamFailure(StreamFailure.Kind.CLOSED, "connection closed by the application");

  /** Makes the handler for one connection that lives on the worker's loop. */
  public Http1ClientConnection(Worker worker, HttpLimits limits, Observer observer) {
    super(worker, limits, false);
    this.observer = observer;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    super.handlerAdded(ctx);
    worker().timers().arm(idle, limits().idleTimeout().toNanos());
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    worker().timers().cancel(idle);
    super.handlerRemoved(ctx);
  }

  @Override
  public HttpStream open(StreamListener listener) {
    if (spare() == 0) {
      throw new IllegalStateException("connection takes no request now");
    }
    worker().timers().cancel(idle);
    Http1ClientStream stream = new Http1ClientStream(this, listener);
    current = stream;
    headSeen = false;
    return stream;
  }

  @Override
  public int spare() {
    return current == null && keepAlive && !closed ? 1 : 0;
  }

  @Override
  public boolean expectsRoom() {
    return false;
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

  /** After what is asked for now the connection is of no more use. */
  void useOnce() {
    keepAlive = false;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    ByteBuf in = (ByteBuf) msg;
    if (closed) {
      in.release();
    } else if (current == null) {
      in.release();
      // Nobody asked: what comes cannot be told from an answer to the next request.
      failWith(StreamFailure.Kind.PROTOCOL, "bytes without a request");
    } else {
      take(in);
    }
  }

  @Override
  boolean isOver() {
    return closed;
  }

  @Override
  boolean readSome() throws BadMessageException {
    Http1ClientStream stream = current;
    if (stream == null) {
      return false;
    }
    if (!headSeen) {
      return readHead(stream);
    }
    if (body().isComplete() || !passBody(stream.listener())) {
      return false;
    }
    endIfWhole(stream);
    return true;
  }

  private boolean readHead(Http1ClientStream stream) throws BadMessageException {
    byte[] bytes = findHead();
    if (bytes == null) {
      return false;
    }
    Http1Head head =
        Http1HeadParser.response(bytes, stream.isHead(), stream.tunnelProtocol(), limits());
    CharSequence status = head.headers().status();
    boolean tunnel = head.framing() == Http1Head.Framing.TUNNEL;
    if (status.charAt(0) == '1' && !tunnel) {
      stream.listener().onInformational(head.headers());
      return true;
    }
    headSeen = true;
    keepAlive &= head.keepAlive();
    body().begin(head);
    if (tunnel) {
      stream.agreed(head.headers());
      openTunnel();
    }
    stream.listener().onHeaders(head.headers(), body().isComplete());
    if (tunnel) {
      stream.listener().onWritable();
    }
    endIfWhole(stream);
    return true;
  }

  private void endIfWhole(Http1ClientStream stream) {
    if (current != stream || !headSeen || !body().isComplete()) {
      return;
    }
    current = null;
    // Nobody gives credit for a response that is over, so the connection would not be read again.
    forgetCredit();
    boolean requestWhole = stream.isSent();
    stream.end();
    if (!keepAlive || !requestWhole || buffer().isReadable()) {
      close();
      return;
    }
    worker().timers().arm(idle, limits().idleTimeout().toNanos());
    kept = true;
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
      credited(bytes);
    }
  }

  @Override
  void write(ByteBuf bytes) {
    if (closed) {
      bytes.release();
    } else {
      super.write(bytes);
    }
  }

  @Override
  void onBad(BadMessageException problem) {
    failWith(StreamFailure.Kind.PROTOCOL, problem.reason());
  }

  private void failWith(StreamFailure.Kind kind, String detail) {
    cause = new StreamFailure(kind, detail);
    close();
  }

  private void close() {
    var _ = context().close();
  }

  @Override
  boolean wantsBytes() {
    return true;
  }

  @Override
  void onInputEnd() {
    Http1ClientStream stream = current;
    if (stream != null && headSeen && body().endsWithConnection()) {
      body().end();
      stream.listener().onData(Unpooled.EMPTY_BUFFER, true);
      if (current == stream && stream.isSent()) {
        endIfWhole(stream);
      }
    } else {
      close();
    }
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
      if (orderly && headSeen && body().endsWithConnection()) {
        stream.end();
        stream.listener().onData(Unpooled.EMPTY_BUFFER, true);
      } else {
        if (kept && !headSeen) {
          observer.onForgotten(this);
          cause = new StreamFailure(StreamFailure.Kind.FORGOTTEN, cause.detail());
        }
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
