package dev.hawser.proxy.exchange;

import dev.hawser.proxy.worker.Timer;
import dev.hawser.proxy.worker.TimerWheel;
import java.time.Duration;

/** Notices when a try falls silent. Lives on one event loop. */
final class TryIdle {
  private final TimerWheel wheel;
  private final long limit;
  private final Runnable onSilence;
  private final Timer timer = new Timer(this::check);
  private long last;

  TryIdle(TimerWheel wheel, Duration limit, Runnable onSilence) {
    this.wheel = wheel;
    this.limit = limit.toNanos();
    this.onSilence = onSilence;
  }

  /** A try begins. */
  void begin() {
    touch();
    wheel.arm(timer, limit);
  }

  /** It gave a sign of life; the timer finds out by itself, so that this costs nothing. */
  void touch() {
    last = wheel.nanoTime();
  }

  void end() {
    wheel.cancel(timer);
  }

  private void check() {
    long left = limit - (wheel.nanoTime() - last);
    if (left <= 0) {
      onSilence.run();
    } else {
      wheel.arm(timer, left);
    }
  }
}
