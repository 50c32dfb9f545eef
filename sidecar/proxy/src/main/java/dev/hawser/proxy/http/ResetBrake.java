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

  /** What a read of one that is slowed down may hold, if it goes on as it did. */
  private static final int FEW = 8;

  private static final int LEAST_READ = 1024;
  private static final long CALM_NANOS = TimeUnit.SECONDS.toNanos(10);

  private int octets;
  private int resets;

  /** A connection begins as one that might, until a read has shown otherwise. */
  private boolean on = true;

  private long since = System.nanoTime() - CALM_NANOS;

  /** Something was read. */
  void read(int count) {
    octets += count;
  }

  /** A stream was reset. */
  void count() {
    resets++;
  }

  /** Whether the client is slowed down. */
  boolean isOn() {
    return on;
  }

  /** What was read has been dealt with. */
  void afterRead(Channel channel) {
    if (resets > MANY) {
      since = System.nanoTime();
      on = true;
      ReadSize.bound(channel, Math.max(LEAST_READ, (int) ((long) octets * FEW / resets)));
    } else if (on && System.nanoTime() - since >= CALM_NANOS) {
      on = false;
      ReadSize.unbound(channel);
    }
    octets = 0;
    resets = 0;
  }
}
