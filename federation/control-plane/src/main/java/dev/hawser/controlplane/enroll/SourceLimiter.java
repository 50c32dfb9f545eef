package dev.hawser.controlplane.enroll;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Lets each source address ask so often and no oftener: a bucket of {@code burst} that fills again
 * at {@code perSecond}. Remembers the sources that asked last; one that is forgotten starts with a
 * full bucket.
 */
final class SourceLimiter {
  private static final int SOURCES = 4096;
  private static final double NANOS = 1e9;

  private final int burst;
  private final double perSecond;
  private final LongSupplier nanoTime;

  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > SOURCES;
        }
      };

  private record Bucket(double left, long at) {}

  SourceLimiter(int burst, double perSecond, LongSupplier nanoTime) {
    this.burst = burst;
    this.perSecond = perSecond;
    this.nanoTime = nanoTime;
  }

  /** Takes one from the source's bucket; false if it is empty. */
  synchronized boolean admit(String source) {
    long now = nanoTime.getAsLong();
    Bucket bucket = buckets.getOrDefault(source, new Bucket(burst, now));
    double left = Math.min(burst, bucket.left() + (now - bucket.at()) / NANOS * perSecond);
    boolean admitted = left >= 1;
    buckets.put(source, new Bucket(admitted ? left - 1 : left, now));
    return admitted;
  }
}
