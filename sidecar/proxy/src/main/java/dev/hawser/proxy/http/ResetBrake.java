package dev.hawser.proxy.http;

import dev.hawser.engine.loop.ReadSize;
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

  private static final long CALM_NANOS = TimeUnit.SECONDS.toNanos(10);

  private int octets;
  private int resets;
  private int bound = ReadSize.MOST;

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

  /** What was read has been dealt with; returns how much the next read may be. */
  int afterRead() {
    if (resets > MANY) {
      since = System.nanoTime();
      on = true;
      bound = (int) Math.max(ReadSize.LEAST, (long) octets * FEW / resets);
    } else if (on && System.nanoTime() - since >= CALM_NANOS) {
      on = false;
      bound = ReadSize.MOST;
    }
    octets = 0;
    resets = 0;
    return bound;
  }
}
