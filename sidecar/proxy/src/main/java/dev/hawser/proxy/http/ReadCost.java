package dev.hawser.proxy.http;

import dev.hawser.engine.loop.ReadSize;
import java.util.concurrent.TimeUnit;

/**
 * Gives a client less at a time whose octets are dear to deal with, whatever they are: all others
 * of its loop wait until one read has been dealt with. For the connection's loop alone.
 */
final class ReadCost {
  /** What one client may take of a turn. */
  private static final long TURN_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

  static final int FIRST = 8 * 1024;

  /** Nobody knows yet what the octets of a new connection cost. */
  private int bound = FIRST;

  private int octets;
  private long nanos;

  /** A part of what was read has been dealt with. */
  void took(int count, long time) {
    octets += count;
    nanos += time;
  }

  /** All that was read has been dealt with; returns how much the next read may be. */
  int afterRead() {
    if (nanos > TURN_NANOS) {
      bound = (int) Math.max(ReadSize.LEAST, Math.min(bound, octets * TURN_NANOS / nanos));
    } else if (bound < ReadSize.MOST && 4 * nanos < TURN_NANOS) {
      bound = Math.min(ReadSize.MOST, 2 * bound);
    }
    octets = 0;
    nanos = 0;
    return bound;
  }
}
