package dev.hawser.controlplane.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.model.PeerState;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeerHealthTest {
  private static final Instant START = Instant.parse("2026-11-24T10:00:00Z");
  private static final String GATEWAY = "127.1.0.2:15443";

  /** A member that was live and probed until {@code START}; then each last sign is this old. */
  @ParameterizedTest(name = "control {0} s ago, probe answered {1} s ago -> {2}")
  @CsvSource({
    "0, 0, LIVE",
    "4, 4, LIVE",
    "4, 60, LIVE",
    "5, 0, CONTROL_LOST",
    "5, 2, CONTROL_LOST",
    "60, 2, CONTROL_LOST",
    "6, 4, CONTROL_LOST",
    "5, 5, DEAD",
    "60, 5, DEAD",
  })
  void theLaterOfControlAndProbesDecides(long controlAge, long probeAge, PeerState expected) {
    PeerHealth health = liveAndProbed();
    Instant now = START.plusSeconds(100);
    for (int second = 1; second <= 100; second++) {
      Instant at = START.plusSeconds(second);
      if (!at.plusSeconds(controlAge).isAfter(now)) {
        health.heard(at);
      }
      health.probed(GATEWAY, !at.plusSeconds(probeAge).isAfter(now), at);
      health.evaluate(at);
    }

    assertThat(health.evaluate(now).state()).isEqualTo(expected);
  }

  @Test
  void aMemberThatWasNotHeardSinceTheStartIsControlLostUntilProbesSayOtherwise() {
    PeerHealth health = new PeerHealth(START);

    assertThat(health.evaluate(START.plusSeconds(29)).state()).isEqualTo(PeerState.CONTROL_LOST);

    health.probers(2, START.plusSeconds(29));
    health.probed(GATEWAY, false, START.plusSeconds(30));
    assertThat(health.evaluate(START.plusSeconds(33)).state()).isEqualTo(PeerState.CONTROL_LOST);
    assertThat(health.evaluate(START.plusSeconds(34)).state()).isEqualTo(PeerState.DEAD);
  }

  @Test
  void withoutALocalGatewayTheLinkAloneDecidesAndTheDetailSaysSo() {
    PeerHealth health = new PeerHealth(START);
    health.heard(START);
    health.evaluate(START);

    PeerHealth.Finding finding = health.evaluate(START.plusSeconds(6));

    assertThat(finding.state()).isEqualTo(PeerState.DEAD);
    assertThat(finding.detail())
        .isEqualTo(
            "its control plane has been silent for 6 s; no gateway of this cluster is connected,"
                + " so nothing probes its gateways, and the link alone decides: its exports are"
                + " withdrawn");
  }

  @Test
  void theLastGatewayToProbeMayGoWithoutWithdrawingAPeerAtOnce() {
    PeerHealth health = liveAndProbed();
    for (int second = 1; second < 20; second++) {
      health.probed(GATEWAY, true, START.plusSeconds(second));
      health.evaluate(START.plusSeconds(second));
    }

    health.probers(0, START.plusSeconds(20));

    assertThat(health.evaluate(START.plusSeconds(24)).state()).isEqualTo(PeerState.CONTROL_LOST);
    assertThat(health.evaluate(START.plusSeconds(25)).state()).isEqualTo(PeerState.DEAD);
  }

  @Test
  void aDeadMemberComesBackByOneAnsweredProbeOrOneHeartbeat() {
    PeerHealth health = liveAndProbed();
    Instant later = START.plusSeconds(60);
    assertThat(health.evaluate(later).state()).isEqualTo(PeerState.DEAD);

    health.probed(GATEWAY, true, later);
    assertThat(health.evaluate(later).state()).isEqualTo(PeerState.CONTROL_LOST);

    health.heard(later);
    assertThat(health.evaluate(later).state()).isEqualTo(PeerState.LIVE);
  }

  @Test
  void aDeadMemberStaysDeadWhenProbersComeAndGo() {
    PeerHealth health = liveAndProbed();
    Instant later = START.plusSeconds(60);
    health.evaluate(later);

    health.probers(0, later);
    assertThat(health.evaluate(later.plusSeconds(1)).state()).isEqualTo(PeerState.DEAD);
    health.probers(1, later.plusSeconds(2));
    assertThat(health.evaluate(later.plusSeconds(3)).state()).isEqualTo(PeerState.DEAD);
  }

  @Test
  void ownStandstillIsNotThePeersSilence() {
    PeerHealth health = liveAndProbed();
    Instant thawed = START.plusSeconds(60);

    health.resumed(thawed);

    assertThat(health.evaluate(thawed).state()).isEqualTo(PeerState.LIVE);
    assertThat(health.evaluate(thawed.plusSeconds(5)).state()).isEqualTo(PeerState.DEAD);
  }

  @Test
  void aGatewayIsSuspectOnlyAfterFailedProbesAndOnlyWhileSomebodyProbes() {
    PeerHealth health = liveAndProbed();
    Instant now = START.plusSeconds(2);
    health.probed(GATEWAY, false, now);

    assertThat(health.isAnswering(GATEWAY, now)).isTrue();
    assertThat(health.isAnswering(GATEWAY, now.plusSeconds(2))).isFalse();
    assertThat(health.isAnswering("127.1.0.9:15443", now)).isTrue();

    health.probers(0, now);
    assertThat(health.isAnswering(GATEWAY, now.plusSeconds(2))).isTrue();
  }

  @Test
  void probesOfGatewaysThatAreGoneDoNotKeepAMemberAlive() {
    PeerHealth health = liveAndProbed();
    Instant later = START.plusSeconds(60);
    health.probed(GATEWAY, true, later);

    health.gateways(List.of("127.1.0.9:15443"));

    assertThat(health.evaluate(later).state()).isEqualTo(PeerState.DEAD);
  }

  private static PeerHealth liveAndProbed() {
    PeerHealth health = new PeerHealth(START.minusSeconds(60));
    health.probers(1, START.minusSeconds(60));
    health.heard(START);
    health.probed(GATEWAY, true, START);
    health.evaluate(START);
    return health;
  }
}
