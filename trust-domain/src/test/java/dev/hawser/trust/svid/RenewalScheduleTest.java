package dev.hawser.trust.svid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.hawser.trust.testing.TestAuthority;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RenewalScheduleTest {
  private static final Instant ISSUED = Instant.parse("2026-11-24T12:00:00Z");
  private static final X509Certificate LEAF =
      TestAuthority.create(InstantSource.fixed(ISSUED)).workload("east", "shop", "web").leaf();
  private static final Duration LIFE = Duration.ofHours(24).plusMinutes(5);

  private final Random random = new Random(7);
  private Instant wall = ISSUED;
  private long nanos = -5;

  @Test
  void renewalIsAtTwoThirdsOfTheLifeATenthMoreOrLess() {
    Duration least = Duration.ofDays(1);
    Duration most = Duration.ZERO;
    for (int i = 0; i < 1000; i++) {
      Duration due = start().untilDue().plusMinutes(5);
      assertThat(due)
          .isBetween(LIFE.multipliedBy(6).dividedBy(10), LIFE.multipliedBy(22).dividedBy(30));
      least = due.compareTo(least) < 0 ? due : least;
      most = due.compareTo(most) > 0 ? due : most;
    }
    assertThat(most.minus(least)).as("spread").isGreaterThan(Duration.ofHours(3));
  }

  @Test
  void wallClockThatIsSetBackDoesNotPostponeTheRenewal() {
    RenewalSchedule schedule = start();
    passByTimer(Duration.ofHours(18));
    wall = ISSUED.minus(Duration.ofDays(3));
    assertThat(schedule.due()).isTrue();
    assertThat(schedule.expired()).isFalse();
    passByTimer(Duration.ofHours(7));
    assertThat(schedule.expired()).isTrue();
  }

  @Test
  void suspendedMachineRenewsWhenItWakes() {
    RenewalSchedule schedule = start();
    assertThat(schedule.due()).isFalse();
    wall = ISSUED.plus(Duration.ofHours(20));
    assertThat(schedule.due()).isTrue();
    wall = ISSUED.plus(Duration.ofHours(25));
    assertThat(schedule.expired()).isTrue();
  }

  @Test
  void certificateLoadedLateIsDueAtOnce() {
    wall = ISSUED.plus(Duration.ofHours(22));
    RenewalSchedule schedule = start();
    assertThat(schedule.untilDue()).isZero();
    assertThat(schedule.expired()).isFalse();
  }

  @Test
  void retriesDoubleUpToFiveMinutesWithJitter() {
    RenewalSchedule schedule = start();
    assertThat(schedule.retryAfter(1)).isBetween(Duration.ofMillis(750), Duration.ofSeconds(1));
    assertThat(schedule.retryAfter(5)).isBetween(Duration.ofSeconds(12), Duration.ofSeconds(16));
    assertThat(schedule.retryAfter(500)).isBetween(Duration.ofSeconds(225), Duration.ofMinutes(5));
    assertThatIllegalArgumentException().isThrownBy(() -> schedule.retryAfter(0));
  }

  @Test
  void threeRetriesFitIntoHalfOfTheTimeThatIsLeft() {
    RenewalSchedule schedule = start();
    for (Duration left : new Duration[] {Duration.ofMinutes(10), Duration.ofSeconds(30)}) {
      wall = ISSUED.plus(Duration.ofHours(24)).minus(left);
      assertThat(schedule.retryAfter(50).multipliedBy(RenewalSchedule.MIN_TRIES))
          .isLessThanOrEqualTo(left.dividedBy(2));
    }
  }

  @Test
  void endedCertificateCausesNoHotLoop() {
    RenewalSchedule schedule = start();
    wall = ISSUED.plus(Duration.ofDays(2));
    assertThat(schedule.retryAfter(1)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    assertThat(schedule.retryAfter(30)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
  }

  private RenewalSchedule start() {
    return RenewalSchedule.start(LEAF, () -> wall, () -> nanos, random);
  }

  private void passByTimer(Duration time) {
    nanos += time.toNanos();
  }
}
