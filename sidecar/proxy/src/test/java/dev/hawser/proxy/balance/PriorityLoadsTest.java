package dev.hawser.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables of Envoy's documentation: "Priority levels", "Degraded endpoints", "Panic". */
class PriorityLoadsTest {
  private static PriorityLoads.Level level(int healthy, int degraded) {
    return new PriorityLoads.Level(100, 100, healthy, degraded, healthy + degraded);
  }

  private static PriorityLoads of(int overprovisioning, int... healthy) {
    List<PriorityLoads.Level> levels = new ArrayList<>();
    Arrays.stream(healthy).forEach(percent -> levels.add(level(percent, 0)));
    return PriorityLoads.of(levels, overprovisioning, 50);
  }

  @ParameterizedTest
  @CsvSource({
    "100,100,0",
    "72,100,0",
    "71,99,1",
    "50,70,30",
    "25,35,65",
    "0,0,100",
  })
  void lostShareMovesToTheNextPriority(int healthy, int first, int second) {
    assertThat(of(140, healthy, 100).healthy()).containsExactly(first, second);
  }

  @ParameterizedTest
  @CsvSource({
    "100,100,100,100,0,0",
    "72,72,100,100,0,0",
    "71,71,100,99,1,0",
    "50,50,100,70,30,0",
    "25,100,100,35,65,0",
    "25,25,100,35,35,30",
  })
  void threePrioritiesShareInOrder(int zero, int one, int two, int first, int second, int third) {
    assertThat(of(140, zero, one, two).healthy()).containsExactly(first, second, third);
  }

  @ParameterizedTest
  @CsvSource({
    "72,72,100,false,0,false,100",
    "71,71,99,false,1,false,100",
    "50,60,70,false,30,false,100",
    "25,100,35,false,65,false,100",
    "25,25,50,true,50,true,70",
    "5,65,8,true,92,false,98",
  })
  void panicBeginsOnlyWhereAllTogetherAreNotEnough(
      int zero,
      int one,
      int first,
      boolean firstPanics,
      int second,
      boolean secondPanics,
      int total) {
    PriorityLoads loads = of(140, zero, one);

    assertThat(loads.healthy()).containsExactly(first, second);
    assertThat(loads.panic()).containsExactly(firstPanics, secondPanics);
    assertThat(loads.total()).isEqualTo(total);
  }

  @ParameterizedTest
  @ValueSource(ints = {0})
  void withoutAThresholdNothingPanics(int threshold) {
    PriorityLoads loads = PriorityLoads.of(List.of(level(25, 0), level(25, 0)), 140, threshold);

    assertThat(loads.panic()).containsExactly(false, false);
    assertThat(loads.healthy()).containsExactly(50, 50);
  }

  /** The example of Envoy's source: 10/20/10 % healthy and 20/10/0 % degraded. */
  @ParameterizedTest
  @ValueSource(ints = {100})
  void degradedTakeWhatTheHealthyOfAllPrioritiesLeave(int overprovisioning) {
    PriorityLoads loads =
        PriorityLoads.of(List.of(level(10, 20), level(20, 10), level(10, 0)), overprovisioning, 0);

    assertThat(loads.healthy()).containsExactly(16, 28, 14);
    assertThat(loads.degraded()).containsExactly(28, 14, 0);
  }

  @ParameterizedTest
  @CsvSource({"1,1,50,50", "3,1,75,25", "9,1,90,10"})
  void whereEverythingPanicsLoadGoesByTheNumberOfEndpoints(
      int hosts, int others, int first, int second) {
    PriorityLoads loads =
        PriorityLoads.of(
            List.of(
                new PriorityLoads.Level(hosts * 10, hosts * 10, 1, 0, 1),
                new PriorityLoads.Level(others * 10, others * 10, 1, 0, 1)),
            140,
            50);

    assertThat(loads.healthy()).containsExactly(first, second);
    assertThat(loads.panic()).containsExactly(true, true);
  }

  @Property
  void loadsAlwaysAddUpToAHundredOrToNothing(
      @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 0, max = 100) Integer> healthy,
      @ForAll @IntRange(min = 0, max = 100) int threshold,
      @ForAll @IntRange(min = 100, max = 300) int overprovisioning) {
    PriorityLoads loads =
        PriorityLoads.of(
            healthy.stream().map(percent -> level(percent, (100 - percent) / 2)).toList(),
            overprovisioning,
            threshold);

    int sum = Arrays.stream(loads.healthy()).sum() + Arrays.stream(loads.degraded()).sum();
    assertThat(sum).isEqualTo(loads.total() == 0 ? 0 : 100);
    assertThat(Arrays.stream(loads.healthy())).allMatch(load -> load >= 0);
    assertThat(Arrays.stream(loads.degraded())).allMatch(load -> load >= 0);
  }
}
