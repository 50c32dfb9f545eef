package dev.hawser.proxy.http;

import dev.hawser.engine.loop.UnsentBytes;
import dev.hawser.proxy.normalise.PathOutcome;
import dev.hawser.proxy.worker.Timer;
import dev.hawser.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Serves HTTP/1.0 and 1.1 to a client (RFC 9112): one request after the other, pipelined ones wait
 * in a bounded buffer. A message that could be understood in two ways is answered with an error and
 * the connection is closed.
 */
public final class Http1ServerConnection extends Http1Connection implements ServerConnection {
  /** Bytes of later requests that are held while one is at work, or answers are not read. */
  private static final int PIPELINE_LIMIT = 64 * 1024;

  /**
   * Bytes of answers that a kernel keeps for a client that asks on; what it lets through is none.
   */
  private static final int PIPELINE_UNSENT = 16 * 1024;

  /** How long a client may take to notice that we are done with it. */
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Bytes of a request that may still come after its response without ending the connection. */
  private static final int LATE_LIMIT = 256 * 1024;

  /** How long an idle client may still send a request after the drain has begun. */
  private static final long DRAIN_IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final AsciiString PLAIN_TEXT = AsciiString.cached("text/plain");

  private final RequestAcceptor acceptor;
  private final Timer timer = new Timer(this::onTimeout);
  private final Timer age = new Timer(this::drain);
  private @Nullable Http1ServerStream current;
  private int emptyLines;
  private int lateBytes;
  private boolean headBegun;
  private boolean closing;
  private boolean draining;
  private boolean behind;
  private boolean pipelines;

  /** Makes the handler for one connection that lives on the worker's loop. */
  public Http1ServerConnection(Worker worker, HttpLimits limits, RequestAcceptor acceptor) {
    super(worker, limits, true);
    this.acceptor = acceptor;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    super.handlerAdded(ctx);
    armIdle(limits().idleTimeout());
    if (limits().maxDuration().isPositive()) {
      worker().timers().arm(age, limits().maxDuration().toNanos());
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    worker().timers().cancel(timer);
    worker().timers().cancel(age);
    super.handlerRemoved(ctx);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    ByteBuf in = (ByteBuf) msg;
    if (closing) {
      in.release();
    } else {
      take(in);
    }
  }

  @Override
  boolean isOver() {
    return closing;
  }

  @Override
  boolean readSome() throws BadMessageException {
    Http1ServerStream stream = current;
    if (stream == null) {
      if (!body().isComplete()) {
        return dropLate();
      }
      return !isBehind() && readHead();
    }
    if (body().isComplete() || !passBody(stream.listener())) {
      return false;
    }
    if (body().isComplete() && current == stream) {
      worker().timers().cancel(timer);
    }
    return true;
  }

  /** Drops what comes of a request that has its response already. */
  private boolean dropLate() throws BadMessageException {
    switch (body().step(buffer())) {
      case NEED_MORE -> {
        return false;
      }
      case DATA -> {
        ByteBuf piece = body().data();
        lateBytes += piece.readableBytes();
        piece.release();
      }
      case TRAILERS -> {}
    }
    if (body().isComplete()) {
      awaitNext();
    } else if (lateBytes > LATE_LIMIT) {
      closeCalmly(true);
    }
    return true;
  }

  /**
   * Whether the client does not take its answers as fast as they come: the kernel holds all that it
   * will. It gets no further one until it has taken what there is.
   */
  private boolean isBehind() {
    if (!buffer().isReadable()) {
      return false;
    }
    ChannelHandlerContext ctx = context();
    ChannelOutboundBuffer flushed = ctx.channel().unsafe().outboundBuffer();
    if (flushed == null || flushed.isEmpty()) {
      return false;
    }
    if (!behind) {
      behind = true;
      ctx.writeAndFlush(Unpooled.EMPTY_BUFFER)
          .addListener(_ -> {
            behind = false;
            process();
          });
    }
    return true;
  }

  private boolean readHead() throws BadMessageException {
    if (!buffer().isReadable()) {
      return false;
    }
    if (!headBegun) {
      headBegun = true;
      worker().timers().arm(timer, limits().headTimeout().toNanos());
    }
    byte[] bytes = findHead();
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
    HttpEdge edge = acceptor.edge();
    Http1Head head = Http1HeadParser.request(bytes, limits(), edge);
    worker().timers().cancel(timer);
    headBegun = false;
    emptyLines = 0;
    if (settlePath(head.headers(), edge)) {
      begin(head);
    }
    return true;
  }

  /** Brings the path into its one form; returns false if the client is sent to another. */
  private boolean settlePath(Http2Headers headers, HttpEdge edge) throws BadMessageException {
    CharSequence path = headers.path();
    if (path == null) {
      return true;
    }
    switch (edge.paths().apply(Octets.ascii(path))) {
      case PathOutcome.Unchanged _ -> {}
      case PathOutcome.Changed(AsciiString target) -> headers.path(target);
      case PathOutcome.Refused(String reason) -> throw new BadMessageException(400, reason);
      case PathOutcome.Redirect(AsciiString target) -> {
        acceptor.onBadRequest(307, "path has an encoded slash", "HTTP/1.1");
        answer(307, "path has an encoded slash", target);
        closeCalmly(true);
        return false;
      }
    }
    return true;
  }

  private void begin(Http1Head head) {
    body().begin(head);
    if (!pipelines && body().isComplete() && buffer().isReadable()) {
      // One that asks on before it has an answer may never read any: soon we know.
      pipelines = true;
      UnsentBytes.bound(context().channel(), PIPELINE_UNSENT);
    }
    Http1ServerStream stream = new Http1ServerStream(this, head);
    current = stream;
    if (!body().isComplete() && limits().requestTimeout().isPositive()) {
      worker().timers().arm(timer, limits().requestTimeout().toNanos());
    }
    stream.listen(acceptor.accept(stream, head.http11() ? "HTTP/1.1" : "HTTP/1.0"));
    stream.listener().onHeaders(head.headers(), body().isComplete());
  }

  /** Called by the stream when its response is whole. */
  void responseEnded(Http1ServerStream stream, boolean keepAlive) {
    if (current != stream) {
      return;
    }
    current = null;
    boolean requestWhole = body().isComplete();
    forgetCredit();
    if (!keepAlive) {
      // A client that does not know yet may be sending the next request.
      closeCalmly(!requestWhole || draining);
      return;
    }
    if (requestWhole) {
      awaitNext();
    } else {
      // The client was told that the connection stays, so its next request may be on its way.
      lateBytes = 0;
      worker().timers().arm(timer, LINGER_NANOS);
    }
    process();
  }

  private void awaitNext() {
    armIdle(draining ? Duration.ofNanos(DRAIN_IDLE_NANOS) : limits().idleTimeout());
  }

  /**
   * Called by the stream of a tunnel whose last octet has been written.
   *
   * @return whether the client may send on; over TLS it may not, since not all can end a half
   */
  boolean endHalf() {
    if (body().isComplete() || isTls()) {
      return false;
    }
    endOutput();
    return true;
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

  /** Called by the stream when both sides have agreed to go on with another protocol. */
  void tunnel() {
    worker().timers().cancel(timer);
    openTunnel();
  }

  /**
   * Whether the present response is the last. One that has sent more before it was told to stop has
   * it answered. Whoever is refused before the request is whole is not asked for the rest (RFC 9110
   * section 10.1.1).
   *
   * @param refused whether the status says that the request was not served
   */
  boolean closesAfterResponse(boolean refused) {
    return closing
        || (draining && !buffer().isReadable())
        || body().awaitsTunnel()
        || (refused && !body().isComplete());
  }

  @Override
  void onBad(BadMessageException problem) {
    Http1ServerStream stream = current;
    boolean answerable = stream == null ? body().isComplete() : !stream.hasBegun();
    current = null;
    if (stream != null) {
      stream.fail(new StreamFailure(StreamFailure.Kind.PROTOCOL, problem.reason()));
    } else {
      acceptor.onBadRequest(problem.status(), problem.reason(), "HTTP/1.1");
    }
    if (answerable) {
      answer(problem.status(), problem.reason(), null);
    }
    closeCalmly(true);
  }

  private void answer(int status, String reason, @Nullable AsciiString location) {
    ByteBuf text = ByteBufUtil.writeAscii(context().alloc(), reason + "\n");
    Http2Headers headers =
        new DefaultHttp2Headers(false)
            .status(Integer.toString(status))
            .add(HeaderNames.DATE, worker().date().now())
            .add(HeaderNames.CONTENT_TYPE, PLAIN_TEXT)
            .add(HeaderNames.CONTENT_LENGTH, Integer.toString(text.readableBytes()));
    if (location != null) {
      headers.add(HeaderNames.LOCATION, location);
    }
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
    if (!unread) {
      written.addListener(ChannelFutureListener.CLOSE);
      return;
    }
    // TLS has no half-close that all clients know: there the head says that this was the last.
    if (!isTls() && ctx.channel() instanceof DuplexChannel duplex) {
      written.addListener(_ -> {
        var _ = duplex.shutdownOutput();
      });
    }
    worker().timers().arm(timer, LINGER_NANOS);
    updateReading();
  }

  private void onTimeout() {
    ChannelHandlerContext ctx = context();
    if (closing) {
      var _ = ctx.close();
    } else if (current != null) {
      onBad(new BadMessageException(408, "request did not come within its time"));
    } else if (headBegun) {
      onBad(new BadMessageException(408, "head did not come within " + limits().headTimeout()));
    } else {
      var _ = ctx.close();
    }
  }

  private void armIdle(Duration time) {
    if (!headBegun) {
      worker().timers().arm(timer, time.toNanos());
    }
  }

  @Override
  boolean wantsBytes() {
    boolean held = current == null ? behind : body().isComplete() || body().awaitsTunnel();
    return !held || buffer().readableBytes() < PIPELINE_LIMIT;
  }

  @Override
  void onInputEnd() {
    Http1ServerStream stream = current;
    if (stream != null && body().endsWithConnection()) {
      body().end();
      stream.listener().onData(Unpooled.EMPTY_BUFFER, true);
      stream.otherHalfEnded();
    } else if (closing) {
      var _ = context().close();
    }
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
    if (!worker().loop().inEventLoop()) {
      worker().loop().execute(this::drain);
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

  @Override
  public void eachRequest(Consumer<StreamListener> task) {
    if (current != null) {
      task.accept(current.listener());
    }
  }
}
