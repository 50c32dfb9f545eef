package dev.hawser.proxy.http;

import dev.hawser.engine.loop.ReadSize;
import java.util.concurrent.TimeUnit;

/**
 * Slows a client down that has streams be reset in numbers, by whichever side: one read of usual
 * size holds thousands of them, each of which is a whole request for us, and all others wait until
 * they are dealt with. One that goes on and on is not read from for a while either, until it keeps
 * to what a client may do in the long run: a request that is begun and given up costs its callee a
 * connection, and the kernel makes a sender wait that is not read from at no cost to anybody else.
 */
final class ResetBrake {
  /** In one read; a client that gives up on all that it waits for is not slowed for long. */
  private static final int MANY = 16;

  /** What a read of one that is slowed down may hold, if it goes on as it did. */
  private static final int FEW = 8;

  private static final long CALM_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** Seconds' worth of resets that may come at once, after as long without any. */
  private static final int SAVED = 5;

  /** Seconds: nobody is left unread for longer, so that a client that has left is noticed. */
  private static final int LONGEST = 5;

  private final int perSecond;

  /** What may still come at once, in nanoseconds of the time that earns it. */
  private long saved;

  private long earned = System.nanoTime();
  private int octets;
  private int resets;

  /** Of these, what the client did: it gave up, or sent what had to be reset. */
  private int blamed;

  private int bound = ReadSize.MOST;

  /** A connection begins as one that might, until a read has shown otherwise. */
  private boolean on = true;

  private long since = System.nanoTime() - CALM_NANOS;

  /**
   * Makes one that is on until a read has shown that it need not be.
   *
   * @param perSecond resets that are borne in the long run; 0 for any number
   */
  ResetBrake(int perSecond) {
    this.perSecond = perSecond;
    this.saved = SAVED * SECOND;
  }

  /** Something was read. */
  void read(int count) {
    octets += count;
  }

  /**
   * A stream was reset.
   *
   * @param byClient whether it gave up or sent what had to be reset; it is not to wait because its
   *     upstream breaks off, or answers before it has all of a request
   */
  void count(boolean byClient) {
    resets++;
    blamed += byClient ? 1 : 0;
  }

  /** Whether {@link #restNanos} need not be asked: most clients never reset anything. */
  boolean isCalm() {
    return blamed == 0 || perSecond == 0;
  }

  /** Whether the client is slowed down. */
  boolean isOn() {
    return on;
  }

  /**
   * What was read has been dealt with and {@link #afterRead} is about to be asked; returns for how
   * long nothing more should be read, in nanoseconds.
   */
  long restNanos(long now) {
    if (isCalm()) {
      return 0;
    }
    long income = Math.max(0, now - earned);
    earned = now;
    long left = Math.min(SAVED * SECOND, saved + income) - blamed * (SECOND / perSecond);
    saved = Math.max(-LONGEST * SECOND, left);
    return Math.max(0, -saved);
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
    blamed = 0;
    return bound;
  }
}
