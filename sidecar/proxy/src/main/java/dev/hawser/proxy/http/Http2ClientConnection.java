package dev.hawser.proxy.http;

import dev.hawser.proxy.worker.Timer;
import dev.hawser.proxy.worker.Worker;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends many requests at once over one HTTP/2 connection.
 *
 * <p>While requests are at work a connection that stays silent for the keepalive's interval is
 * pinged, and one that stays silent after the ping for its timeout is broken: its requests fail
 * with {@link StreamFailure.Kind#PING_TIMEOUT}, whatever the kernel of a frozen peer still
 * acknowledges.
 */
public final class Http2ClientConnection extends Http2Endpoint implements ClientConnection {
  /** Stream numbers end at 2^31; well before that the connection gives its place to a new one. */
  private static final int LAST_NUMBER = Integer.MAX_VALUE - 100_000;

  /** Streams that we reset until a successor is wanted. */
  private static final int MANY_RESETS = 1000;

  /** Streams that we reset until the connection takes no more requests, successor or not. */
  private static final int MOST_RESETS = 2000;

  private final Pings whenSilent;
  private final Observer observer;
  private final LongConsumer onBytes;
  private final Timer silence = new Timer(this::onSilence);
  private final Timer idle = new Timer(this::retire);
  private final int limit;
  private long lastRead;
  private long pings;
  private boolean pinged;
  private long pingedAt;
  private int active;
  private int lastAllowed = Integer.MAX_VALUE;
  private boolean retired;
  private int resetsSent;
  private boolean wasFull;
  private boolean settingsSeen;
  private boolean tunnelsAllowed;
  private List<Runnable> awaitingSettings = List.of();
  private @Nullable StreamFailure cause;
  private @Nullable Runnable onProbeAnswer;

  private Http2ClientConnection(
      Maker maker,
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings) {
    super(maker.worker, maker.limits, decoder, encoder, settings);
    this.whenSilent = maker.whenSilent;
    this.observer = maker.observer;
    this.onBytes = maker.onBytes;
    this.limit = maker.limits.concurrentStreams();
  }

  /**
   * Makes the handler for one connection that lives on the worker's loop.
   *
   * @param onBytes is told the time, in {@link System#nanoTime} nanoseconds, whenever bytes come
   */
  public static Http2ClientConnection create(
      Worker worker, HttpLimits limits, Pings whenSilent, Observer observer, LongConsumer onBytes) {
    return new Maker(worker, limits, whenSilent, observer, onBytes).build();
  }

  /** Puts the handler together. */
  private static final class Maker extends Builder<Http2ClientConnection> {
    private final Worker worker;
    private final HttpLimits limits;
    private final Pings whenSilent;
    private final Observer observer;
    private final LongConsumer onBytes;

    Maker(
        Worker worker,
        HttpLimits limits,
        Pings whenSilent,
        Observer observer,
        LongConsumer onBytes) {
      super(false, limits, false);
      this.worker = worker;
      this.limits = limits;
      this.whenSilent = whenSilent;
      this.observer = observer;
      this.onBytes = onBytes;
    }

    @Override
    protected Http2ClientConnection build(
        Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
      return new Http2ClientConnection(this, decoder, encoder, settings);
    }

    @Override
    protected Http2ClientConnection build() {
      return super.build();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    lastRead = System.nanoTime();
    super.handlerAdded(ctx);
    worker().timers().arm(idle, limits().idleTimeout().toNanos());
  }

  @Override
  public HttpStream open(StreamListener listener) {
    if (spare() == 0) {
      throw new IllegalStateException("connection takes no request now");
    }
    if (active++ == 0) {
      worker().timers().cancel(idle);
      pinged = false;
      if (whenSilent.interval().isPositive()) {
        worker().timers().arm(silence, whenSilent.nextNanos());
      }
    }
    Http2WireStream wire = new Http2WireStream(this, null);
    wire.listen(listener);
    if (connection().local().lastStreamCreated() > LAST_NUMBER) {
      retire();
    }
    wasFull = spare() == 0;
    return wire;
  }

  @Override
  public int spare() {
    if (retired) {
      return 0;
    }
    int most = settingsSeen ? Math.min(limit, connection().local().maxActiveStreams()) : 1;
    return Math.max(0, most - active);
  }

  @Override
  public boolean expectsRoom() {
    return !settingsSeen && !retired;
  }

  @Override
  public int active() {
    return active;
  }

  @Override
  public Channel channel() {
    return context().channel();
  }

  @Override
  void onRequest(Http2Stream stream, Http2Headers headers, boolean end) {
    // A server's push is refused by our settings; Netty ends the connection that tries.
  }

  @Override
  void onStreamGone(Http2WireStream wire) {
    active--;
    if (active == 0) {
      worker().timers().cancel(silence);
      if (retired) {
        var _ = context().close();
      } else {
        worker().timers().arm(idle, limits().idleTimeout().toNanos());
      }
    }
    if (wasFull && spare() > 0) {
      wasFull = false;
      observer.onSpare(this);
    }
  }

  @Override
  void onPeerSettings(Http2Settings settings) {
    tunnelsAllowed |= Boolean.TRUE.equals(settings.connectProtocolEnabled());
    settled();
    if (spare() > 0) {
      observer.onSpare(this);
    }
  }

  private void settled() {
    settingsSeen = true;
    List<Runnable> waiting = awaitingSettings;
    awaitingSettings = List.of();
    waiting.forEach(Runnable::run);
  }

  @Override
  boolean whenSettled(Runnable task) {
    if (settingsSeen) {
      return false;
    }
    if (awaitingSettings.isEmpty()) {
      awaitingSettings = new ArrayList<>(1);
    }
    awaitingSettings.add(task);
    return true;
  }

  @Override
  boolean allowsTunnels() {
    return tunnelsAllowed;
  }

  @Override
  void onGoAway(int lastStream) {
    lastAllowed = lastStream;
    retire();
  }

  /** A peer gives up on a connection with too many: callers that cancel must not end it for all. */
  @Override
  void onResetSent() {
    if (++resetsSent == MANY_RESETS && !retired) {
      observer.onWorn(this);
    } else if (resetsSent == MOST_RESETS) {
      retire();
    }
  }

  @Override
  StreamFailure causeOfLoss(Http2Stream stream) {
    if (stream.id() > lastAllowed) {
      return new StreamFailure(
          StreamFailure.Kind.GOAWAY, "peer went away before it took the stream");
    }
    StreamFailure known = cause;
    return known != null
        ? known
        : new StreamFailure(StreamFailure.Kind.CLOSED, "peer closed the connection");
  }

  @Override
  public void retire() {
    if (retired) {
      return;
    }
    retired = true;
    worker().timers().cancel(idle);
    observer.onRetired(this);
    if (active == 0) {
      var _ = context().close();
    }
  }

  /**
   * Sends a ping.
   *
   * @param onAnswer is run when any ping sent from now on is answered
   */
  public void probe(Runnable onAnswer) {
    onProbeAnswer = onAnswer;
    ping();
  }

  private void ping() {
    ChannelHandlerContext ctx = context();
    var _ = encoder().writePing(ctx, false, ++pings, ctx.newPromise());
    flush(ctx);
  }

  @Override
  void onPingAck(long data) {
    Runnable answer = onProbeAnswer;
    if (answer != null && data == pings) {
      onProbeAnswer = null;
      answer.run();
    }
  }

  private void onSilence() {
    long quiet = System.nanoTime() - lastRead;
    if (!pinged) {
      long left = whenSilent.nextNanos() - quiet;
      if (left > 0) {
        worker().timers().arm(silence, left);
        return;
      }
      pinged = true;
      pingedAt = System.nanoTime();
      ping();
      worker().timers().arm(silence, whenSilent.timeout().toNanos());
      return;
    }
    if (lastRead - pingedAt >= 0) {
      // Whatever came since, an answer or a byte: it lives, however late this timer is.
      pinged = false;
      worker().timers().arm(silence, Math.max(1, whenSilent.nextNanos() - quiet));
      return;
    }
    breakOff(
        new StreamFailure(
            StreamFailure.Kind.PING_TIMEOUT,
            "no answer to a ping in " + whenSilent.timeout(),
            quiet));
  }

  /** Ends the connection at once; its streams fail with the given cause. */
  public void breakOff(StreamFailure failure) {
    if (cause == null) {
      cause = failure;
    }
    retired = true;
    // Past the pipeline: a peer that does not answer would never take a goodbye.
    context().channel().unsafe().close(context().channel().voidPromise());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
    lastRead = System.nanoTime();
    onBytes.accept(lastRead);
    super.channelRead(ctx, msg);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    worker().timers().cancel(silence);
    worker().timers().cancel(idle);
    retired = true;
    super.channelInactive(ctx);
    settled();
    StreamFailure known = cause;
    observer.onClosed(
        this,
        known != null
            ? known
            : new StreamFailure(StreamFailure.Kind.CLOSED, "peer closed the connection"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable problem) throws Exception {
    if (cause == null) {
      boolean protocol = problem instanceof Http2Exception;
      cause =
          new StreamFailure(
              protocol ? StreamFailure.Kind.PROTOCOL : StreamFailure.Kind.CLOSED,
              String.valueOf(problem.getMessage()));
    }
    super.exceptionCaught(ctx, problem);
  }
}
