package dev.hawser.engine.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MetricsTest {
  private final Metrics metrics = new Metrics();

  @Test
  void writesPrometheusText() {
    metrics.counter("b_total", "Bs.", "kind", "to").with("x", "a\"\\\nb").add(3);
    metrics.gauge("a_now", "As.").with().increment();
    metrics.gauge("c_read", "Cs.", () -> 1.5);
    Histogram histogram = metrics.histogram("d_ms", "Ds.", new double[] {1, 2.5}, "k").with("v");
    histogram.observe(1);
    histogram.observe(2);
    histogram.observe(100);
    assertThat(metrics.prometheus())
        .isEqualTo(
            """
            # HELP a_now As.
            # TYPE a_now gauge
            a_now 1
            # HELP b_total Bs.
            # TYPE b_total counter
            b_total{kind="x",to="a\\"\\\\\\nb"} 3
            # HELP c_read Cs.
            # TYPE c_read gauge
            c_read 1.5
            # HELP d_ms Ds.
            # TYPE d_ms histogram
            d_ms_bucket{k="v",le="1"} 1
            d_ms_bucket{k="v",le="2.5"} 2
            d_ms_bucket{k="v",le="+Inf"} 3
            d_ms_sum{k="v"} 103
            d_ms_count{k="v"} 3
            """);
    assertThat(histogram.count()).isEqualTo(3);
  }

  @Test
  void oneNameIsOneFamily() {
    Family<Counter> first = metrics.counter("a_total", "As.", "k");
    assertThat(metrics.counter("a_total", "As.", "k")).isSameAs(first);
    assertThat(first.with("v")).isSameAs(first.with("v"));
    assertThatThrownBy(() -> metrics.gauge("a_total", "As.", "k"))
        .hasMessageContaining("a_total")
        .hasMessageContaining("counter");
    assertThatThrownBy(() -> metrics.counter("a_total", "As.", "other"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> first.with("a", "b")).hasMessageContaining("2 label values");
  }

  @Test
  void inventedLabelValuesShareOneSeriesWhenTheFamilyIsFull() {
    Family<Counter> family = metrics.counter("a_total", "As.", "host");
    for (int i = 0; i < Metrics.MAX_SERIES + 5000; i++) {
      family.with("host-" + i).increment();
    }
    assertThat(metrics.prometheus().lines().filter(l -> l.startsWith("a_total{")))
        .hasSize(Metrics.MAX_SERIES + 1)
        .contains("a_total{host=\"other\"} 5000");
    family.remove("host-1");
    assertThat(metrics.prometheus()).doesNotContain("host-1\"");
  }
}
