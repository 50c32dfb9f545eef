package dev.hawser.engine.metrics;

import java.util.Arrays;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** Counts of observations by size. */
public final class Histogram implements Series {
  private final double[] bounds;
  private final LongAdder[] buckets;
  private final DoubleAdder sum = new DoubleAdder();

  Histogram(double[] bounds) {
    this.bounds = bounds;
    this.buckets = new LongAdder[bounds.length + 1];
    Arrays.setAll(buckets, _ -> new LongAdder());
  }

  /** Istio's buckets for durations in milliseconds. */
  public static double[] istioMilliseconds() {
    return new double[] {
      0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000,
      600_000, 1_800_000, 3_600_000
    };
  }

  /** Counts one observation. */
  public void observe(double value) {
    int bucket = 0;
    while (bucket < bounds.length && value > bounds[bucket]) {
      bucket++;
    }
    buckets[bucket].increment();
    sum.add(value);
  }

  /** Returns how many observations there were. */
  public long count() {
    long count = 0;
    for (LongAdder bucket : buckets) {
      count += bucket.sum();
    }
    return count;
  }

  @Override
  public void write(StringBuilder out, String name, String labels) {
    long cumulative = 0;
    String prefix = labels.isEmpty() ? "" : labels + ",";
    for (int i = 0; i < buckets.length; i++) {
      cumulative += buckets[i].sum();
      out.append(name).append("_bucket{").append(prefix).append("le=\"");
      if (i < bounds.length) {
        Lines.number(out, bounds[i]);
      } else {
        out.append("+Inf");
      }
      out.append("\"} ").append(cumulative).append('\n');
    }
    Lines.number(Lines.append(out, name + "_sum", labels), sum.sum()).append('\n');
    Lines.append(out, name + "_count", labels).append(cumulative).append('\n');
  }
}
