package dev.hawser.proxy.tcp;

import dev.hawser.engine.tls.PeerCheck;
import dev.hawser.proxy.affinity.Affinity;
import dev.hawser.proxy.affinity.OriginalWish;
import dev.hawser.proxy.balance.Attempts;
import dev.hawser.proxy.balance.Balancer;
import dev.hawser.proxy.balance.Endpoint;
import dev.hawser.proxy.capture.OriginalDestination;
import dev.hawser.proxy.context.Live;
import dev.hawser.proxy.http.StreamFailure;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.proxy.upstream.Dialer;
import dev.hawser.proxy.upstream.Upstream;
import dev.hawser.proxy.upstream.UpstreamStat;
import dev.hawser.proxy.upstream.WorkerUpstream;
import dev.hawser.proxy.worker.Timer;
import dev.hawser.proxy.worker.Worker;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection of raw bytes on its way to an endpoint: tried on several until one takes it, then
 * a tunnel. Nothing of the caller is read before, so a failure costs it nothing but time.
 */
public final class TcpCall implements Live {
  /** The protocol that says where a direction ends. */
  public static final String FRAMED = "hawser-tcp/1";

  /** When nobody says otherwise, as in Envoy. */
  public static final Duration DEFAULT_IDLE = Duration.ofHours(1);

  private static final int MAX_TRIES = 10;
  private static final long AWAIT_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Worker worker;
  private final Channel caller;
  private final boolean callerFramed;
  private final WorkerUpstream upstream;
  private final Duration idleTimeout;
  private final TcpSide side;
  private final BooleanSupplier stillAllowed;
  private final Attempts attempts = new Attempts();
  private final Runnable again = this::firstTry;
  private final Timer await = new Timer(() -> fail("NC"));
  private @Nullable Endpoint endpoint;
  private @Nullable Tunnel tunnel;
  private boolean entered;
  private boolean over;

  private TcpCall(
      Worker worker,
      Channel caller,
      boolean callerFramed,
      Upstream upstream,
      Duration idleTimeout,
      TcpSide side,
      BooleanSupplier stillAllowed) {
    this.worker = worker;
    this.caller = caller;
    this.callerFramed = callerFramed;
    this.upstream = upstream.on(worker);
    this.idleTimeout = idleTimeout;
    this.side = side;
    this.stillAllowed = stillAllowed;
  }

  /**
   * Begins; the caller's channel must not be reading.
   *
   * @param callerFramed whether the caller speaks in frames
   * @param stillAllowed asked when the configuration has changed
   */
  public static TcpCall begin(
      Worker worker,
      Channel caller,
      boolean callerFramed,
      Upstream upstream,
      Duration idleTimeout,
      TcpSide side,
      BooleanSupplier stillAllowed) {
    TcpCall call =
        new TcpCall(worker, caller, callerFramed, upstream, idleTimeout, side, stillAllowed);
    caller.closeFuture().addListener(_ -> call.callerClosed());
    if (!call.upstream.begin()) {
      call.fail("UO");
      return call;
    }
    call.entered = true;
    call.firstTry();
    return call;
  }

  private void firstTry() {
    if (over || endpoint != null) {
      return;
    }
    Upstream to = upstream.upstream();
    switch (to.state()) {
      case GONE -> fail("NC");
      case AWAITED -> {
        worker.timers().arm(await, AWAIT_NANOS);
        upstream.whenChanged(again);
      }
      case READY -> {
        worker.timers().cancel(await);
        Balancer balancer = to.balancer();
        Endpoint picked =
            balancer == null ? null : balancer.pick(affinity(to), upstream.rotation());
        if (picked == null) {
          fail("UH");
        } else {
          tryOn(picked);
        }
      }
    }
  }

  private Affinity affinity(Upstream to) {
    UpstreamConfig.Endpoints.Original original = to.original();
    return original == null
        ? Affinity.NONE
        : OriginalWish.of(original, null, OriginalDestination.of(caller));
  }

  private void tryOn(Endpoint picked) {
    endpoint = picked;
    upstream.dialRaw(
        picked,
        new Dialer.Outcome() {
          @Override
          public void connected(Channel callee) {
            onConnected(picked, callee);
          }

          @Override
          public void failed(StreamFailure failure) {
            onFailed(picked, failure);
          }
        });
  }

  private void onConnected(Endpoint picked, Channel callee) {
    if (over) {
      var _ = callee.close();
      return;
    }
    callee.config().setAutoRead(false);
    SslHandler tls = callee.pipeline().get(SslHandler.class);
    boolean framed = tls != null && FRAMED.equals(tls.applicationProtocol());
    picked.began();
    TcpSide.Entry record =
        side.opened(
            upstream.upstream(), picked, callee.attr(PeerCheck.PEER).get(), attempts.size() + 1);
    tunnel =
        Tunnel.join(
            worker,
            caller,
            callerFramed,
            callee,
            framed,
            idleTimeout,
            record::moved,
            result -> {
              picked.ended();
              record.closed(result.fromCaller(), result.toCaller(), result.flags());
              end();
            });
  }

  private void onFailed(Endpoint picked, StreamFailure failure) {
    if (over) {
      return;
    }
    if (failure.kind() == StreamFailure.Kind.OVERFLOW) {
      fail("UO");
      return;
    }
    attempts.failed(picked);
    Balancer balancer = upstream.upstream().balancer();
    Endpoint next =
        balancer == null || attempts.size() >= MAX_TRIES
            ? null
            : balancer.pickAnother(attempts, false, upstream.rotation());
    if (next == null) {
      fail("UF");
    } else {
      upstream.upstream().stats().count(UpstreamStat.RQ_RETRY);
      tryOn(next);
    }
  }

  private void fail(String flags) {
    if (over) {
      return;
    }
    side.opened(upstream.upstream(), endpoint, null, attempts.size()).closed(0, 0, flags);
    end();
    // A reset says to the caller that this is no orderly end.
    caller.config().setOption(ChannelOption.SO_LINGER, 0);
    var _ = caller.close();
  }

  private void callerClosed() {
    if (!over && tunnel == null) {
      end();
    }
  }

  private void end() {
    if (!over) {
      over = true;
      worker.timers().cancel(await);
      upstream.noLonger(again);
      if (entered) {
        upstream.end();
      }
    }
  }

  @Override
  public void drain() {
    // Bytes have no boundaries at which it could end; it goes on to its end or the deadline.
  }

  @Override
  public void cut() {
    cut("");
  }

  private void cut(String flags) {
    Tunnel present = tunnel;
    if (present != null) {
      present.cut(flags);
    } else if (!over) {
      end();
      var _ = caller.close();
    }
  }

  @Override
  public boolean isBusy() {
    return !over;
  }

  @Override
  public void reconsider() {
    if (!stillAllowed.getAsBoolean()) {
      cut("RBAC");
    } else if (upstream.upstream().state() == Upstream.State.GONE) {
      cut("NC");
    }
  }
}
