package dev.hawser.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A minute of each attack, with a well-behaved client beside it. */
class AbuseConformance {
  private static final Duration TIME = Duration.ofSeconds(60);
  private static final Attack.Size SIZE = new Attack.Size(300, 10_000, 100_000);

  /** Twice what it was in quiet, or this where a machine does much else. */
  private static final Duration SLOW = Duration.ofMillis(100);

  private static Abuse abuse;

  @BeforeAll
  static void start() throws IOException {
    abuse = Abuse.start("abuse", Duration.ofSeconds(10));
  }

  @AfterAll
  static void stop() {
    abuse.close();
  }

  @ParameterizedTest
  @EnumSource
  void theClientBesideIsServed(Attack attack) {
    Duration twice = abuse.quiet().p99().multipliedBy(2);
    assertThat(abuse.attack(TIME, SIZE, attack).p99())
        .isLessThan(twice.compareTo(SLOW) > 0 ? twice : SLOW);
  }

  @Test
  void keySetsOfHostileIssuersHoldNobodyUp() throws IOException {
    KeySetAbuse.attack("key-sets", TIME);
  }
}
