package dev.hawser.proxy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.proxy.model.RateLimits;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
  private final AtomicLong now = new AtomicLong(-5);
  private final TokenBucket bucket =
      new TokenBucket(new RateLimits.Bucket(3, 2, Duration.ofSeconds(10)), now::get);

  private int takeAll() {
    int taken = 0;
    while (bucket.take()) {
      taken++;
    }
    return taken;
  }

  @Test
  void holdsItsTokensAtFirstAndNoMore() {
    assertThat(takeAll()).isEqualTo(3);
    assertThat(bucket.remaining()).isZero();
  }

  @Test
  void isFilledAtIntervalsUpToItsSize() {
    takeAll();
    now.addAndGet(TimeUnit.SECONDS.toNanos(10) - 1);
    assertThat(takeAll()).isZero();
    assertThat(bucket.resetSeconds()).isEqualTo(1);
    now.addAndGet(1);
    assertThat(takeAll()).isEqualTo(2);
    now.addAndGet(TimeUnit.DAYS.toNanos(300));
    assertThat(takeAll()).isEqualTo(3);
  }

  @Test
  void givesEachTokenOnceToManyThreads() throws Exception {
    TokenBucket large =
        new TokenBucket(new RateLimits.Bucket(10_000, 1, Duration.ofDays(1)), now::get);
    AtomicInteger taken = new AtomicInteger();
    Thread[] threads = new Thread[4];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          Thread.ofPlatform()
              .start(() -> {
                while (large.take()) {
                  taken.incrementAndGet();
                }
              });
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(taken).hasValue(10_000);
  }
}
