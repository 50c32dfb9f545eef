package dev.hawser.proxy.upstream;

import java.util.concurrent.TimeUnit;

/**
 * Keeps retries in proportion to requests, so that a failing upstream is not buried under them:
 * within ten seconds a share of the requests, and a floor for quiet times. Belongs to one worker.
 */
public final class RetryBudget {
  private static final int SECONDS = 10;

  private final int[] requests = new int[SECONDS];
  private final int[] retries = new int[SECONDS];
  private int requestSum;
  private int retrySum;
  private long second;
  private final int percent;
  private final int floor;

  /**
   * Makes a full budget.
   *
   * @param percent of the requests that may be retried
   * @param floor retries in ten seconds that are always allowed
   */
  RetryBudget(int percent, int floor) {
    this.percent = percent;
    this.floor = floor;
  }

  /** A request began. */
  void request(long nanoTime) {
    advance(nanoTime);
    requests[(int) (second % SECONDS)]++;
    requestSum++;
  }

  /** Returns whether a retry may be made, and counts it. */
  boolean take(long nanoTime) {
    advance(nanoTime);
    if (retrySum >= floor + (long) requestSum * percent / 100) {
      return false;
    }
    retries[(int) (second % SECONDS)]++;
    retrySum++;
    return true;
  }

  private void advance(long nanoTime) {
    // A nanosecond clock may be negative; the window only needs seconds that follow each other.
    long now = Math.floorDiv(nanoTime, TimeUnit.SECONDS.toNanos(1)) + (1L << 40);
    if (now - second >= SECONDS) {
      java.util.Arrays.fill(requests, 0);
      java.util.Arrays.fill(retries, 0);
      requestSum = 0;
      retrySum = 0;
      second = now;
      return;
    }
    while (second < now) {
      second++;
      int slot = (int) (second % SECONDS);
      requestSum -= requests[slot];
      retrySum -= retries[slot];
      requests[slot] = 0;
      retries[slot] = 0;
    }
  }
}
