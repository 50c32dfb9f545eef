package dev.hawser.proxy.http;

import dev.hawser.engine.loop.ReadSize;
import io.netty.channel.Channel;
import java.util.concurrent.TimeUnit;

/**
 * Slows a client down that has streams be reset in numbers, by whichever side: one read of usual
 * size holds thousands of them, each of which is a whole request for us, and all others wait until
 * they are dealt with.
 */
final class ResetBrake {
  /** In one read; a client that gives up on all that it waits for is not slowed for long. */
  private static final int MANY = 16;

  private static final int SMALL_READ = 4 * 1024;
  private static final long CALM_NANOS = TimeUnit.SECONDS.toNanos(10);

  private int resets;
  private boolean on;
  private long since;

  /** A stream was reset. */
  void count() {
    resets++;
  }

  /** What was read has been dealt with. */
  void afterRead(Channel channel) {
    if (resets > MANY) {
      since = System.nanoTime();
      if (!on) {
        on = true;
        ReadSize.bound(channel, SMALL_READ);
      }
    } else if (on && System.nanoTime() - since > CALM_NANOS) {
      on = false;
      ReadSize.unbound(channel);
    }
    resets = 0;
  }
}
