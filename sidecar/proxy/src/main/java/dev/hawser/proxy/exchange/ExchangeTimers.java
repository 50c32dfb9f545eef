package dev.hawser.proxy.exchange;

import dev.hawser.proxy.upstream.WorkerUpstream;
import dev.hawser.proxy.worker.Timer;
import dev.hawser.proxy.worker.TimerWheel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The times one request is bounded by. A timer is made when it is first needed. */
final class ExchangeTimers {
  /** How long a request waits for configuration that has not come yet. */
  private static final long AWAIT_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final TimerWheel wheel;
  private final Exchange exchange;
  private @Nullable Timer total;
  private @Nullable Timer stream;
  private @Nullable Timer perTry;
  private @Nullable TryIdle tryIdle;
  private @Nullable Timer idle;
  private @Nullable Timer pause;
  private @Nullable Runnable forgetWish;
  private long idleNanos;
  private long lastTouch;

  ExchangeTimers(TimerWheel wheel, Exchange exchange) {
    this.wheel = wheel;
    this.exchange = exchange;
  }

  void armTotal(Duration time) {
    Timer timer = total;
    if (timer == null) {
      timer = new Timer(exchange::onTotalTimeout);
      total = timer;
    }
    wheel.arm(timer, time.toNanos());
  }

  void cancelTotal() {
    cancel(total);
  }

  /** Bounds all of it, from now on. */
  void armStream(Duration time) {
    Timer timer = new Timer(exchange::onStreamTimeout);
    stream = timer;
    wheel.arm(timer, time.toNanos());
  }

  void armTry(Duration time) {
    Timer timer = perTry;
    if (timer == null) {
      timer = new Timer(exchange::onTryTimeout);
      perTry = timer;
    }
    wheel.arm(timer, time.toNanos());
  }

  /** Bounds the silence in each try from now on. */
  void watchTry(Duration time, Runnable task) {
    tryIdle = new TryIdle(wheel, time, task);
  }

  /** A try begins. */
  void beginTry() {
    if (tryIdle != null) {
      tryIdle.begin();
    }
  }

  /** No more response is awaited of this try; its silence still counts. */
  void cancelTry() {
    if (perTry != null) {
      wheel.cancel(perTry);
    }
  }

  /** A try has ended. */
  void endTry() {
    cancelTry();
    if (tryIdle != null) {
      tryIdle.end();
    }
  }

  /** Waits for the configuration of an upstream; whoever gives up is not remembered there. */
  void await(WorkerUpstream upstream) {
    cancelAwait();
    Runnable wish = exchange::upstreamChanged;
    upstream.whenChanged(wish);
    forgetWish = () -> upstream.noLonger(wish);
    pause = new Timer(exchange::onAwaitTimeout);
    wheel.arm(pause, AWAIT_NANOS);
  }

  void cancelAwait() {
    if (pause != null) {
      wheel.cancel(pause);
    }
    if (forgetWish != null) {
      forgetWish.run();
      forgetWish = null;
    }
  }

  /** Waits before another try. */
  void armBackoff(long nanos) {
    cancelAwait();
    pause = new Timer(exchange::onBackoffOver);
    wheel.arm(pause, nanos);
  }

  void watchIdle(Duration time) {
    if (time.isZero()) {
      return;
    }
    idleNanos = time.toNanos();
    touch();
    idle = new Timer(this::checkIdle);
    wheel.arm(idle, idleNanos);
  }

  /** A byte moved; the timer finds out by itself, so that this costs nothing. */
  void touch() {
    lastTouch = wheel.nanoTime();
    if (tryIdle != null) {
      tryIdle.touch();
    }
  }

  private void checkIdle() {
    long left = idleNanos - (wheel.nanoTime() - lastTouch);
    if (left <= 0) {
      exchange.onIdleTimeout();
    } else if (idle != null) {
      wheel.arm(idle, left);
    }
  }

  void cancelAll() {
    cancel(total);
    cancel(stream);
    endTry();
    cancel(idle);
    cancelAwait();
  }

  private void cancel(@Nullable Timer timer) {
    if (timer != null) {
      wheel.cancel(timer);
    }
  }
}
