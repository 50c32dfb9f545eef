package dev.hawser.controlplane.consul;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.controlplane.registry.TurnedClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CheckMemoryTest {
  private final TurnedClock clock = new TurnedClock();
  private final CheckMemory memory = new CheckMemory();

  @Test
  void aCheckThatHasNotRunSinceConsulCameBackKeepsItsState() {
    assertThat(healthy("passing", "200 OK")).isTrue();
    memory.reconnected(clock.instant());

    assertThat(healthy("critical", "")).isTrue();
    assertThat(healthy("critical", "200 OK")).isTrue();
  }

  @Test
  void aCheckThatRanAndFailedCountsAtOnce() {
    assertThat(healthy("passing", "200 OK")).isTrue();
    memory.reconnected(clock.instant());

    assertThat(healthy("critical", "connection refused")).isFalse();
    assertThat(healthy("critical", "")).as("what failed once is not good again unseen").isFalse();
  }

  @Test
  void afterAWhileWhatConsulSaysCounts() {
    assertThat(healthy("passing", "200 OK")).isTrue();
    memory.reconnected(clock.instant());
    clock.turn(CheckMemory.UNSURE);

    assertThat(healthy("critical", "")).isFalse();
  }

  @Test
  void withoutARestartCriticalIsCritical() {
    assertThat(healthy("passing", "")).isTrue();
    clock.turn(Duration.ofSeconds(1));

    assertThat(healthy("critical", "")).isFalse();
  }

  @Test
  void anInstanceThatWasNeverGoodIsNotHealthy() {
    memory.reconnected(clock.instant());

    assertThat(healthy("critical", "")).isFalse();
  }

  private boolean healthy(String status, String output) {
    Instance instance =
        new Instance(
            "node-1",
            "orders-1",
            "orders",
            "10.0.0.1",
            8080,
            Map.of(),
            Map.of(),
            1,
            1,
            List.of(new Instance.Check("alive", status, output)));
    boolean healthy = memory.isHealthy(instance, clock.instant());
    memory.endOfState();
    return healthy;
  }
}
