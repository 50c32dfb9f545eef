package dev.hawser.proxy.limit;

import dev.hawser.proxy.model.RateLimits;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Tokens that are filled up at intervals. Without locks: tokens and the number of the last fill are
 * one word. Safe for use by any thread.
 */
final class TokenBucket {
  private final RateLimits.Bucket config;
  private final LongSupplier nanoTime;
  private final long intervalNanos;
  private final long origin;
  private final AtomicLong state;

  /** Makes a full bucket. */
  TokenBucket(RateLimits.Bucket config, LongSupplier nanoTime) {
    this.config = config;
    this.nanoTime = nanoTime;
    this.intervalNanos = config.interval().toNanos();
    this.origin = nanoTime.getAsLong();
    this.state = new AtomicLong(pack(config.max(), 0));
  }

  private static long pack(int tokens, int fill) {
    return ((long) tokens << 32) | (fill & 0xffffffffL);
  }

  private int fill() {
    return (int) ((nanoTime.getAsLong() - origin) / intervalNanos);
  }

  private int tokens(long packed, int fill) {
    int tokens = (int) (packed >>> 32);
    int fills = fill - (int) packed;
    // Another thread may have seen a later time.
    return fills <= 0
        ? tokens
        : (int) Math.min(config.max(), tokens + (long) fills * config.perFill());
  }

  /** Takes a token; returns false if there is none. */
  boolean take() {
    while (true) {
      long before = state.get();
      int fill = Math.max(fill(), (int) before);
      int tokens = tokens(before, fill);
      if (tokens == 0) {
        return false;
      }
      if (state.compareAndSet(before, pack(tokens - 1, fill))) {
        return true;
      }
    }
  }

  int max() {
    return config.max();
  }

  int remaining() {
    return tokens(state.get(), fill());
  }

  /** Returns in how many seconds the next fill comes, rounded up. */
  long resetSeconds() {
    long left = intervalNanos - (nanoTime.getAsLong() - origin) % intervalNanos;
    return TimeUnit.NANOSECONDS.toSeconds(left + TimeUnit.SECONDS.toNanos(1) - 1);
  }
}
