package dev.hawser.proxy.http;

import dev.hawser.proxy.worker.Timer;
import dev.hawser.proxy.worker.Worker;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AsciiString;
import java.util.concurrent.TimeUnit;

/** Serves HTTP/2 to a client, over TLS or with prior knowledge. */
public final class Http2ServerConnection extends Http2Endpoint implements ServerConnection {
  /** Between telling the client to stop and taking no more: what was on its way arrives. */
  private static final long DRAIN_NOTICE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final RequestAcceptor acceptor;
  private final Timer idle = new Timer(this::onIdle);
  private final Timer drainNotice = new Timer(this::closeAfterStreams);
  private int active;
  private boolean draining;

  private Http2ServerConnection(
      Worker worker,
      HttpLimits limits,
      RequestAcceptor acceptor,
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings) {
    super(worker, limits, decoder, encoder, settings);
    this.acceptor = acceptor;
  }

  /** Makes the handler for one connection that lives on the worker's loop. */
  public static Http2ServerConnection create(
      Worker worker, HttpLimits limits, RequestAcceptor acceptor) {
    return new Maker(worker, limits, acceptor).build();
  }

  /** Puts the handler together. */
  private static final class Maker extends Builder<Http2ServerConnection> {
    private final Worker worker;
    private final HttpLimits limits;
    private final RequestAcceptor acceptor;

    Maker(Worker worker, HttpLimits limits, RequestAcceptor acceptor) {
      super(true, limits);
      this.worker = worker;
      this.limits = limits;
      this.acceptor = acceptor;
    }

    @Override
    protected Http2ServerConnection build(
        Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
      return new Http2ServerConnection(worker, limits, acceptor, decoder, encoder, settings);
    }

    @Override
    protected Http2ServerConnection build() {
      return super.build();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    super.handlerAdded(ctx);
    worker().timers().arm(idle, limits().idleTimeout().toNanos());
  }

  @Override
  void onRequest(Http2Stream stream, Http2Headers headers, boolean end) throws Http2Exception {
    String problem = HeaderRules.checkRequest(headers, limits().headerCount());
    if (problem != null) {
      acceptor.onBadRequest(400, problem, "HTTP/2");
      throw Http2Exception.streamError(stream.id(), Http2Error.PROTOCOL_ERROR, problem);
    }
    if (AsciiString.contentEquals(headers.method(), "CONNECT")) {
      acceptor.onBadRequest(501, "CONNECT is not supported", "HTTP/2");
      var _ =
          encoder()
              .writeHeaders(
                  context(),
                  stream.id(),
                  new DefaultHttp2Headers(false).status("501"),
                  0,
                  true,
                  context().newPromise());
      requestFlush();
      return;
    }
    worker().timers().cancel(idle);
    active++;
    Http2WireStream wire = new Http2WireStream(this, stream);
    attach(stream, wire);
    wire.listen(acceptor.accept(wire, "HTTP/2"));
    wire.receiveHeaders(headers, end);
  }

  @Override
  void onStreamGone(Http2WireStream wire) {
    if (--active == 0 && !context().isRemoved()) {
      worker().timers().arm(idle, limits().idleTimeout().toNanos());
    }
  }

  @Override
  StreamFailure causeOfLoss(Http2Stream stream) {
    return new StreamFailure(StreamFailure.Kind.CANCELLED, "client closed the connection");
  }

  private void onIdle() {
    if (active == 0) {
      var _ = context().close();
    }
  }

  private void closeAfterStreams() {
    // Netty says which stream was the last, waits for those at work, and closes.
    var _ = context().close();
  }

  @Override
  public void drain() {
    if (!worker().loop().inEventLoop()) {
      worker().loop().execute(this::drain);
      return;
    }
    if (draining || !context().channel().isActive()) {
      return;
    }
    draining = true;
    ChannelHandlerContext ctx = context();
    var _ =
        goAway(
            ctx,
            Integer.MAX_VALUE,
            Http2Error.NO_ERROR.code(),
            Unpooled.EMPTY_BUFFER,
            ctx.newPromise());
    flush(ctx);
    worker().timers().arm(drainNotice, DRAIN_NOTICE_NANOS);
  }

  @Override
  public boolean isBusy() {
    return active > 0;
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
    worker().timers().cancel(idle);
    worker().timers().cancel(drainNotice);
    super.handlerRemoved0(ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    worker().timers().cancel(idle);
    worker().timers().cancel(drainNotice);
    super.channelInactive(ctx);
  }
}
