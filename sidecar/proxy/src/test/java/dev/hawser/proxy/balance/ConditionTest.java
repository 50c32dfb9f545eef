package dev.hawser.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ConditionTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final Condition condition = new Condition(10 * SECOND, () -> {});

  @Test
  void whatIsHealthyAgainWaitsAndThenGrowsForHalfAsLong() {
    condition.down(0, "refused");
    assertThat(condition.factor(0)).isZero();

    condition.recovering(SECOND);
    condition.tick(10 * SECOND);
    assertThat(condition.phase()).isEqualTo(Condition.Phase.RECOVERING);
    assertThat(condition.factor(10 * SECOND)).isZero();

    condition.tick(11 * SECOND);
    assertThat(condition.phase()).isEqualTo(Condition.Phase.RAMPING);
    assertThat(condition.factor(11 * SECOND)).isEqualTo(0.05);
    assertThat(condition.factor(13 * SECOND)).isEqualTo(0.4);

    condition.tick(16 * SECOND - 1);
    assertThat(condition.phase()).isEqualTo(Condition.Phase.RAMPING);
    condition.tick(16 * SECOND);
    assertThat(condition.phase()).isEqualTo(Condition.Phase.READY);
    assertThat(condition.factor(16 * SECOND)).isEqualTo(1);
  }

  @Test
  void aFaultWhileItGrowsBeginsTheWaitAnew() {
    condition.down(0, "refused");
    condition.recovering(SECOND);
    condition.tick(11 * SECOND);

    condition.down(12 * SECOND, "reset");
    condition.recovering(13 * SECOND);
    condition.tick(22 * SECOND);

    assertThat(condition.phase()).isEqualTo(Condition.Phase.RECOVERING);
    assertThat(condition.state().reason()).isEqualTo("reset");
  }
}
