package dev.hawser.proxy.tcp;

import dev.hawser.proxy.worker.Timer;
import dev.hawser.proxy.worker.Worker;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Passes the bytes of two connections into each other, one of which may be framed. A side that
 * takes no more stops the reading of the other; the end of one direction leaves the other open; a
 * side that breaks off makes the other be reset.
 *
 * <p>Both connections live on one event loop, and so does this.
 */
public final class Tunnel {
  /** Is told of bytes as they move. */
  public interface Meter {
    void moved(long fromCaller, long toCaller);
  }

  /**
   * How it ended.
   *
   * @param orderly whether both sides said that they were done
   * @param flags Envoy's response flags, maybe empty
   */
  public record Result(long fromCaller, long toCaller, boolean orderly, String flags) {}

  private final Worker worker;
  private final Duration idleTimeout;
  private final Meter meter;
  private final Consumer<Result> onEnd;
  private final Timer idle = new Timer(this::checkIdle);
  private final TunnelLeg caller;
  private final TunnelLeg callee;
  private long lastMove;
  private boolean ended;

  private Tunnel(
      Worker worker,
      Channel caller,
      boolean callerFramed,
      Channel callee,
      boolean calleeFramed,
      Duration idleTimeout,
      Meter meter,
      Consumer<Result> onEnd) {
    this.worker = worker;
    this.idleTimeout = idleTimeout;
    this.meter = meter;
    this.onEnd = onEnd;
    this.caller = new TunnelLeg(this, caller, callerFramed);
    this.callee = new TunnelLeg(this, callee, calleeFramed);
  }

  /**
   * Joins two connections and switches their reading on.
   *
   * @param onEnd called once
   */
  public static Tunnel join(
      Worker worker,
      Channel caller,
      boolean callerFramed,
      Channel callee,
      boolean calleeFramed,
      Duration idleTimeout,
      Meter meter,
      Consumer<Result> onEnd) {
    Tunnel tunnel =
        new Tunnel(worker, caller, callerFramed, callee, calleeFramed, idleTimeout, meter, onEnd);
    tunnel.start();
    return tunnel;
  }

  private void start() {
    lastMove = worker.timers().nanoTime();
    worker.timers().arm(idle, idleTimeout.toNanos());
    callee.join(caller);
    caller.join(callee);
    callee.install();
    caller.install();
    if (!caller.channel().isActive()) {
      broken(caller);
    } else if (!callee.channel().isActive()) {
      broken(callee);
    }
  }

  void moved(TunnelLeg from, int bytes) {
    lastMove = worker.timers().nanoTime();
    if (from == caller) {
      meter.moved(bytes, 0);
    } else {
      meter.moved(0, bytes);
    }
  }

  void directionEnded() {
    if (caller.isDone() && callee.isDone()) {
      end(true, "");
    }
  }

  void broken(TunnelLeg leg) {
    end(false, leg == caller ? "DC" : "UC");
  }

  /** Resets both sides. To be called on the loop. */
  public void cut(String flags) {
    end(false, flags);
  }

  private void checkIdle() {
    long left = idleTimeout.toNanos() - (worker.timers().nanoTime() - lastMove);
    if (left <= 0) {
      end(false, "SI");
    } else {
      worker.timers().arm(idle, left);
    }
  }

  private void end(boolean orderly, String flags) {
    if (ended) {
      return;
    }
    ended = true;
    worker.timers().cancel(idle);
    close(caller.channel(), orderly);
    close(callee.channel(), orderly);
    onEnd.accept(new Result(caller.bytes(), callee.bytes(), orderly, flags));
  }

  private static void close(Channel channel, boolean orderly) {
    if (orderly) {
      var _ = channel.close();
      return;
    }
    // A reset, so that the peer does not take half of something for a whole.
    if (channel.isActive()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    channel.unsafe().close(channel.voidPromise());
  }
}
