package dev.hawser.engine.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.DoubleSupplier;

/**
 * The metrics of one process.
 *
 * <p>Looking up a series costs a map access; a caller on the path of a request keeps the series it
 * got, whose updates allocate nothing and take no lock. A family holds at most {@link #MAX_SERIES}
 * series; later label values share one series whose values are all {@code other}, so that nobody
 * outside can grow the process by inventing names.
 *
 * <p>Safe for use by any thread.
 */
public final class Metrics {
  /** Series per family. */
  public static final int MAX_SERIES = 1000;

  /** Content type of {@link #prometheus()}. */
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final Map<String, Family<?>> families = new ConcurrentSkipListMap<>();

  /**
   * Returns the family of counters with this name, made if it is new.
   *
   * @param name e.g. {@code istio_requests_total}
   * @param labels names of the labels, in the order in which values are given
   * @throws IllegalArgumentException if the name is another kind of metric, or has other labels
   */
  public Family<Counter> counter(String name, String help, String... labels) {
    return family(Counter.class, new Family<>(name, help, "counter", labels, Counter::new));
  }

  /** Returns the family of gauges with this name, made if it is new. */
  public Family<Gauge> gauge(String name, String help, String... labels) {
    return family(Gauge.class, new Family<>(name, help, "gauge", labels, Gauge::new));
  }

  /** Registers a gauge without labels that is read at each scrape, on the scraping thread. */
  public void gauge(String name, String help, DoubleSupplier value) {
    gauge(name, help).with().read(value);
  }

  /**
   * Returns the family of histograms with this name, made if it is new.
   *
   * @param bounds upper bounds of the buckets, rising, without infinity
   */
  public Family<Histogram> histogram(String name, String help, double[] bounds, String... labels) {
    double[] copy = bounds.clone();
    return family(
        Histogram.class, new Family<>(name, help, "histogram", labels, () -> new Histogram(copy)));
  }

  @SuppressWarnings("unchecked")
  private <S extends Series> Family<S> family(Class<S> kind, Family<S> made) {
    Family<?> present = families.putIfAbsent(made.name(), made);
    if (present == null) {
      return made;
    }
    if (!present.sameShape(made)) {
      throw new IllegalArgumentException(
          "metric "
              + made.name()
              + ": registered as "
              + present
              + " (expected: the same kind and labels as "
              + made
              + ", "
              + kind.getSimpleName()
              + ")");
    }
    return (Family<S>) present;
  }

  /** Returns all series in Prometheus' text format 0.0.4. */
  public String prometheus() {
    StringBuilder out = new StringBuilder(8192);
    families.values().forEach(family -> family.write(out));
    return out.toString();
  }
}
