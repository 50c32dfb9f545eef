package dev.hawser.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PickBenchmarkTest {
  private static final String BUSIEST = "10.1.0." + (PickBenchmark.BUSIEST + 1);

  private final PickBenchmark benchmark = new PickBenchmark();

  private static Set<String> picked(Supplier<@Nullable Endpoint> benchmark) {
    return Stream.generate(benchmark)
        .limit(20_000)
        .map((@Nullable Endpoint one) -> Objects.requireNonNull(one).config().address().host())
        .collect(Collectors.toSet());
  }

  private static Set<String> ownButTheBusiest() {
    return IntStream.rangeClosed(1, PickBenchmark.LOCAL)
        .mapToObj(i -> "10.1.0." + i)
        .filter(host -> !host.equals(BUSIEST))
        .collect(Collectors.toSet());
  }

  @Test
  void ofTwoTheBusiestIsNeverTheBetter() {
    assertThat(picked(benchmark::leastRequest)).isEqualTo(ownButTheBusiest());
    assertThat(picked(benchmark::leastRequestByWeight)).isEqualTo(ownButTheBusiest());
    assertThat(picked(benchmark::peakEwma)).isEqualTo(ownButTheBusiest());
  }

  @Test
  void roundRobinTakesEachInTurn() {
    assertThat(picked(benchmark::roundRobin)).hasSize(PickBenchmark.LOCAL).contains(BUSIEST);
  }

  @Test
  void anotherTryGoesToAnotherCluster() {
    for (int i = 0; i < PickBenchmark.REMOTE; i++) {
      assertThat(Objects.requireNonNull(benchmark.elsewhere()).config().cluster())
          .isEqualTo("west");
    }
  }
}
