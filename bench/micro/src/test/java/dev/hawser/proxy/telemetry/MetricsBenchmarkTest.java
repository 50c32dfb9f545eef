package dev.hawser.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.engine.metrics.Counter;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MetricsBenchmarkTest {
  private static final Pattern SERIES = Pattern.compile("(?m)^istio_requests_total\\{.*} (\\d+)$");

  private final MetricsBenchmark benchmark = new MetricsBenchmark();

  private long[] counts() {
    return SERIES
        .matcher(benchmark.metrics().prometheus())
        .results()
        .mapToLong(found -> Long.parseLong(found.group(1)))
        .sorted()
        .toArray();
  }

  @Test
  void eachKindHasASeriesOfItsOwnAndEachRequestCountsOnce() {
    assertThat(counts()).hasSize(MetricsBenchmark.KINDS).containsOnly(1);

    benchmark.oneKind();
    for (int i = 0; i < MetricsBenchmark.KINDS; i++) {
      benchmark.manyKinds();
    }

    long[] after = counts();
    assertThat(after).hasSize(MetricsBenchmark.KINDS);
    assertThat(after[MetricsBenchmark.KINDS - 1]).isEqualTo(3);
    assertThat(after[MetricsBenchmark.KINDS - 2]).isEqualTo(2);
    assertThat(after[0]).isEqualTo(2);
  }

  @Test
  void labelsLeadToTheSeriesThatIsThere() {
    Set<Counter> found = new HashSet<>();
    for (int i = 0; i < 2 * MetricsBenchmark.KINDS; i++) {
      found.add(benchmark.byLabels());
    }

    assertThat(found).hasSize(MetricsBenchmark.KINDS).allMatch(counter -> counter.value() == 1);
  }
}
