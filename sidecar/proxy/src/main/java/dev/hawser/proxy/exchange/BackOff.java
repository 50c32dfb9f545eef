package dev.hawser.proxy.exchange;

import dev.hawser.proxy.model.RetryRule;
import io.netty.handler.codec.http2.Http2Headers;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How long to wait before another try. Pure but for chance. */
final class BackOff {
  /** Where nothing else is left to try, and no rule says how long. */
  private static final long OWN_BASE = TimeUnit.MILLISECONDS.toNanos(25);

  private static final int MAX_DOUBLINGS = 20;
  private static final int OWN_DOUBLINGS = 4;

  private BackOff() {}

  /**
   * Returns the pause that the rule asks for, in nanoseconds.
   *
   * @param retry 1 for the first
   * @return 0 if it asks for none
   */
  static long byRule(RetryRule rule, int retry, SplittableRandom random) {
    return rule.backOff()
        .map(pause -> {
          long base = pause.base().toNanos();
          long most = Math.min(base << Math.min(retry - 1, MAX_DOUBLINGS), pause.max().toNanos());
          return random.nextLong(Math.max(1, most)) + 1;
        })
        .orElse(0L);
  }

  /**
   * Returns the pause that the response asks for, with up to half of it added so that not everybody
   * comes back at once.
   *
   * @param unixSeconds the time now
   * @return 0 if it asks for none, or for too much
   */
  static long byResponse(
      RetryRule rule, @Nullable Http2Headers response, long unixSeconds, SplittableRandom random) {
    if (response == null || rule.rateLimited().isEmpty()) {
      return 0;
    }
    RetryRule.RateLimited limit = rule.rateLimited().get();
    for (RetryRule.ResetHeader header : limit.headers()) {
      long seconds = number(response.get(header.name()));
      if (seconds >= 0 && header.unixTime()) {
        seconds -= unixSeconds;
      }
      if (seconds > 0 && Duration.ofSeconds(seconds).compareTo(limit.max()) <= 0) {
        long nanos = TimeUnit.SECONDS.toNanos(seconds);
        return nanos + random.nextLong(nanos / 2);
      }
    }
    return 0;
  }

  private static long number(@Nullable CharSequence text) {
    if (text == null || text.isEmpty() || text.length() > 12) {
      return -1;
    }
    long number = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
  }

  /**
   * Returns a pause before the same endpoint is tried again, since there is no other.
   *
   * @param doublings 0 for hardly any
   */
  static long own(int doublings, SplittableRandom random) {
    long most = OWN_BASE << Math.min(doublings, OWN_DOUBLINGS);
    return doublings == 0 ? 1 : random.nextLong(most / 2, most);
  }
}
