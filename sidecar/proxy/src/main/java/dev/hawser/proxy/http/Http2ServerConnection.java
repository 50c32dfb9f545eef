package dev.hawser.proxy.http;

import dev.hawser.engine.loop.ReadSize;
import dev.hawser.proxy.normalise.PathOutcome;
import dev.hawser.proxy.worker.Timer;
import dev.hawser.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
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
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Serves HTTP/2 to a client, over TLS or with prior knowledge. */
public final class Http2ServerConnection extends Http2Endpoint implements ServerConnection {
  /** Between telling the client to stop and taking no more: what was on its way arrives. */
  private static final long DRAIN_NOTICE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** With these we reset a stream about which the client did nothing wrong. */
  private static final long NO_FAULT = Http2Error.NO_ERROR.code();

  private static final long UPSTREAM_FAULT = Http2Error.INTERNAL_ERROR.code();

  private static final AsciiString GET = AsciiString.cached("GET");

  private final RequestAcceptor acceptor;
  private final Timer age = new Timer(this::drain);
  private final Timer idle = new Timer(this::onIdle);
  private final Timer drainNotice = new Timer(this::closeAfterStreams);

  /** One timer for all streams: a response that is taken costs nothing. */
  private final Timer flush = new Timer(this::endStuck);

  /** While it runs nothing is read. */
  private final Timer rest = new Timer(this::readOn);

  private final ResetBrake brake;
  private final ReadCost cost = new ReadCost();
  private int readBound = ReadSize.MOST;
  private final List<HeldRequest> held = new ArrayList<>();
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
    this.brake = new ResetBrake(limits.resetsPerSecond());
    // A calm end waits for streams as long as they take; who sets a deadline cuts.
    gracefulShutdownTimeoutMillis(-1);
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
      super(true, limits, acceptor.edge().takesUpgrades());
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
    worker().timers().arm(flush, limits().idleTimeout().toNanos() / 2);
    if (limits().maxDuration().isPositive()) {
      worker().timers().arm(age, limits().maxDuration().toNanos());
    }
  }

  @Override
  void onRequest(Http2Stream stream, Http2Headers headers, boolean end) throws Http2Exception {
    HttpEdge edge = acceptor.edge();
    String problem = HeaderRules.checkRequest(headers, limits().headerCount(), edge.underscores());
    if (problem != null) {
      acceptor.onBadRequest(400, problem, "HTTP/2");
      throw Http2Exception.streamError(stream.id(), Http2Error.PROTOCOL_ERROR, problem);
    }
    boolean connect = AsciiString.contentEquals(headers.method(), "CONNECT");
    CharSequence protocol = headers.get(HeaderRules.PROTOCOL);
    boolean tunnel = connect && protocol != null;
    if (connect && !isAllowed(protocol, edge)) {
      answer(stream, 501, "CONNECT is not allowed here", null);
      return;
    }
    if (!settlePath(stream, headers, edge)) {
      return;
    }
    if (tunnel) {
      // What policy and routes look at is what it would be over HTTP/1.1.
      headers.method(GET);
    }
    worker().timers().cancel(idle);
    active++;
    Http2WireStream wire = new Http2WireStream(this, stream);
    if (tunnel) {
      wire.offerTunnel();
    }
    attach(stream, wire);
    if (brake.isOn()) {
      HeldRequest later = new HeldRequest(wire);
      held.add(later);
      wire.listen(later);
    } else {
      wire.listen(acceptor.accept(wire, "HTTP/2"));
    }
    wire.receiveHeaders(headers, end);
  }

  private static boolean isAllowed(@Nullable CharSequence protocol, HttpEdge edge) {
    return protocol == null
        ? edge.takesConnect()
        : edge.takesUpgrade(protocol.toString().toLowerCase(Locale.ROOT));
  }

  /** Brings the path into its one form; returns false if the request is answered. */
  private boolean settlePath(Http2Stream stream, Http2Headers headers, HttpEdge edge) {
    CharSequence path = headers.path();
    if (path == null) {
      return true;
    }
    switch (edge.paths().apply(Octets.ascii(path))) {
      case PathOutcome.Unchanged _ -> {}
      case PathOutcome.Changed(AsciiString target) -> headers.path(target);
      case PathOutcome.Refused(String reason) -> {
        answer(stream, 400, reason, null);
        return false;
      }
      case PathOutcome.Redirect(AsciiString target) -> {
        answer(stream, 307, "path has an encoded slash", target);
        return false;
      }
    }
    return true;
  }

  /** Answers what does not come as far as to be a request; what it still sends is dropped. */
  private void answer(
      Http2Stream stream, int status, String reason, @Nullable AsciiString location) {
    acceptor.onBadRequest(status, reason, "HTTP/2");
    Http2Headers headers = new DefaultHttp2Headers(false).status(Integer.toString(status));
    if (location != null) {
      headers.add(HeaderNames.LOCATION, location);
    }
    var _ =
        encoder().writeHeaders(context(), stream.id(), headers, 0, true, context().newPromise());
    requestFlush();
  }

  @Override
  void onResetWritten(long errorCode) {
    brake.count(errorCode != NO_FAULT && errorCode != UPSTREAM_FAULT);
  }

  @Override
  void onResetRead() {
    brake.count(true);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
    if (rest.isArmed()) {
      // The kernel says so although nobody asks for it: the client has sent all and said goodbye.
      ReferenceCountUtil.release(msg);
      ctx.channel().unsafe().close(ctx.channel().voidPromise());
      return;
    }
    int octets = ((ByteBuf) msg).readableBytes();
    brake.read(octets);
    long start = System.nanoTime();
    super.channelRead(ctx, msg);
    cost.took(octets, System.nanoTime() - start);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    if (!held.isEmpty()) {
      List<HeldRequest> begun = List.copyOf(held);
      held.clear();
      begun.forEach(request -> request.begin(acceptor));
    }
    super.channelReadComplete(ctx);
    long pause = brake.isCalm() ? 0 : brake.restNanos(System.nanoTime());
    if (pause > 0) {
      ctx.channel().config().setAutoRead(false);
      worker().timers().arm(rest, pause);
    }
    int next = Math.min(brake.afterRead(), cost.afterRead());
    if (next != readBound) {
      readBound = next;
      ReadSize.bound(ctx.channel(), next);
    }
  }

  private void readOn() {
    context().channel().config().setAutoRead(true);
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

  /** Says which stream was the last, waits for those at work, and closes. */
  private void closeAfterStreams() {
    ChannelHandlerContext ctx = context();
    if (!ctx.channel().isActive()) {
      return;
    }
    sendGoAway(connection().remote().lastStreamCreated());
    // Through the whole pipeline: it is this handler that waits, in what it has of Netty.
    var _ = ctx.channel().close();
  }

  private void sendGoAway(int lastStream) {
    ChannelHandlerContext ctx = context();
    var _ =
        goAway(
            ctx, lastStream, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, ctx.newPromise());
    flush(ctx);
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
    sendGoAway(Integer.MAX_VALUE);
    worker().timers().arm(drainNotice, DRAIN_NOTICE_NANOS);
  }

  @Override
  public boolean isBusy() {
    return active > 0;
  }

  @Override
  public void eachRequest(Consumer<StreamListener> task) {
    streams().forEach(wire -> task.accept(wire.listener()));
  }

  private List<Http2WireStream> streams() {
    List<Http2WireStream> all = new ArrayList<>();
    try {
      connection()
          .forEachActiveStream(stream -> {
            Http2WireStream wire = wire(stream);
            if (wire != null) {
              all.add(wire);
            }
            return true;
          });
    } catch (Http2Exception e) {
      throw new IllegalStateException("looking at streams does not fail", e);
    }
    return all;
  }

  /** A client that never opens its window must not keep whole answers in our memory. */
  private void endStuck() {
    for (Http2WireStream wire : streams()) {
      if (wire.isStuck()) {
        wire.giveUp();
      }
    }
    worker().timers().arm(flush, limits().idleTimeout().toNanos() / 2);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
    cancelTimers();
    super.handlerRemoved0(ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    cancelTimers();
    super.channelInactive(ctx);
  }

  private void cancelTimers() {
    worker().timers().cancel(idle);
    worker().timers().cancel(age);
    worker().timers().cancel(flush);
    worker().timers().cancel(drainNotice);
    worker().timers().cancel(rest);
  }
}
