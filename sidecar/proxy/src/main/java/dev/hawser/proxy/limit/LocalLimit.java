package dev.hawser.proxy.limit;

import dev.hawser.proxy.filter.FilterCall;
import dev.hawser.proxy.filter.RouteSetting;
import dev.hawser.proxy.model.RateLimits;
import dev.hawser.proxy.model.RateLimits.Entry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The buckets of one configuration, of a chain or of a route. Safe for use by any thread. */
public final class LocalLimit implements RouteSetting {
  private final RateLimits.Local config;
  private final @Nullable TokenBucket common;
  private final Map<List<Entry>, TokenBucket> described = new HashMap<>();

  /** Makes full buckets. */
  public LocalLimit(RateLimits.Local config) {
    this(config, System::nanoTime);
  }

  LocalLimit(RateLimits.Local config, LongSupplier nanoTime) {
    this.config = config;
    this.common = config.bucket().map(bucket -> new TokenBucket(bucket, nanoTime)).orElse(null);
    for (RateLimits.Described one : config.described()) {
      described.putIfAbsent(one.entries(), new TokenBucket(one.bucket(), nanoTime));
    }
  }

  RateLimits.Local config() {
    return config;
  }

  /**
   * What became of a request.
   *
   * @param tightest bucket that it took from or found empty; null if none was for it
   */
  record Verdict(boolean allowed, @Nullable TokenBucket tightest) {}

  Verdict judge(FilterCall call) {
    TokenBucket tightest = null;
    if (!described.isEmpty()) {
      List<List<Entry>> descriptors =
          config.rules().isEmpty()
              ? Descriptors.ofRoute(call, config.stage())
              : Descriptors.of(config.rules(), call, config.stage());
      for (List<Entry> descriptor : descriptors) {
        TokenBucket bucket = described.get(descriptor);
        if (bucket != null) {
          if (!bucket.take()) {
            return new Verdict(false, bucket);
          }
          tightest = tighter(tightest, bucket);
        }
      }
    }
    if (common != null && (tightest == null || config.alwaysTakes())) {
      if (!common.take()) {
        return new Verdict(false, common);
      }
      tightest = tighter(tightest, common);
    }
    return new Verdict(true, tightest);
  }

  private static TokenBucket tighter(@Nullable TokenBucket one, TokenBucket other) {
    return one != null && one.remaining() <= other.remaining() ? one : other;
  }
}
