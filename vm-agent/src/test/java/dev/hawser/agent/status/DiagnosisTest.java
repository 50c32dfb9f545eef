package dev.hawser.agent.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.agent.health.Health;
import dev.hawser.agent.lease.LeaseStatus;
import dev.hawser.host.identity.IdentityStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DiagnosisTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final Instant LATER = NOW.plus(Duration.ofHours(20));
  private static final LeaseStatus HELD =
      new LeaseStatus(
          LeaseStatus.State.HELD, "10.0.0.1:15012", NOW, 6, "", "", NOW.minusSeconds(60));
  private static final Health WELL =
      new Health("billing.shop", "tcp://127.0.0.1:80", true, "", NOW.minusSeconds(60));
  private static final AgentStatus.ControlPlane CONNECTED =
      new AgentStatus.ControlPlane(true, "10.0.0.1:15012", 0, List.of());

  private static AgentStatus status(Instant expires, AgentStatus.@Nullable Running running) {
    return new AgentStatus(
        "vm-1",
        "east.mesh.internal",
        "spiffe://east.mesh.internal/ns/shop/sa/billing",
        expires,
        List.of("billing.shop"),
        running);
  }

  private static AgentStatus.Running running(
      String trouble, AgentStatus.ControlPlane controlPlane, LeaseStatus lease, Health health) {
    return new AgentStatus.Running(
        42,
        NOW.minusSeconds(90),
        new IdentityStatus(
            "spiffe://east.mesh.internal/ns/shop/sa/billing",
            "0a",
            "0b",
            LATER,
            false,
            NOW,
            Optional.of(trouble).filter(text -> !text.isEmpty()),
            Optional.empty()),
        controlPlane,
        new AgentStatus.ProxyView(true, false, 3),
        lease,
        List.of(health));
  }

  private static Finding only(String subject, AgentStatus status) {
    return Diagnosis.of(status, NOW).stream()
        .filter(finding -> finding.subject().equals(subject))
        .findFirst()
        .orElseThrow();
  }

  private static boolean healthy(AgentStatus status) {
    return Diagnosis.isHealthy(Diagnosis.of(status, NOW));
  }

  @Test
  void whenAllIsWellNothingNeedsARemedy() {
    AgentStatus well = status(LATER, running("", CONNECTED, HELD, WELL));
    assertThat(healthy(well)).isTrue();
    assertThat(Diagnosis.of(well, NOW))
        .allSatisfy(finding -> {
          assertThat(finding.verdict()).isEqualTo("pass");
          assertThat(finding.remedy()).isEmpty();
        });
  }

  @Test
  void anAgentThatDoesNotRunIsTheFirstThingSaidWithTheCommandThatStartsIt() {
    AgentStatus down = status(LATER, null);
    assertThat(healthy(down)).isFalse();
    Finding first = Diagnosis.of(down, NOW).getFirst();
    assertThat(first.subject()).isEqualTo("agent");
    assertThat(first.remedy()).contains("systemctl start hawser-agent");
  }

  @Test
  void aCertificateThatHasEndedNeedsANewToken() {
    Finding ended = only("certificate", status(NOW.minusSeconds(300), null));
    assertThat(ended.verdict()).isEqualTo("fail");
    assertThat(ended.detail()).contains("5m ago");
    assertThat(ended.remedy()).contains("hawser vm invite", "--force");
  }

  @Test
  void aRenewalThatFailsIsSaidBeforeItHurts() {
    AgentStatus failing = status(LATER, running("no address answers", CONNECTED, HELD, WELL));
    Finding warned = only("certificate", failing);
    assertThat(warned.verdict()).isEqualTo("warn");
    assertThat(warned.detail()).contains("renewal fails: no address answers");
    assertThat(healthy(failing)).isTrue();
  }

  @Test
  void aControlPlaneThatIsAwayAndAPartThatWasRefusedAreNamed() {
    AgentStatus.ControlPlane away =
        new AgentStatus.ControlPlane(false, "10.0.0.1:15012", 75, List.of("Listener: bad field x"));
    AgentStatus lost = status(LATER, running("", away, HELD, WELL));
    Finding gone = only("control plane", lost);
    assertThat(gone.verdict()).isEqualTo("fail");
    assertThat(gone.detail()).contains("unreachable for 75s", "10.0.0.1:15012");
    assertThat(gone.remedy()).contains("15012");
    assertThat(only("configuration", lost).detail()).contains("bad field x");
  }

  @Test
  void aLeaseIsToldApartAsBrokenRunOutAndRefused() {
    assertThat(lease(LeaseStatus.State.CONNECTING, NOW.minusSeconds(3)).verdict())
        .isEqualTo("warn");
    Finding out = lease(LeaseStatus.State.CONNECTING, NOW.minusSeconds(30));
    assertThat(out.verdict()).isEqualTo("fail");
    assertThat(out.detail()).contains("callers go elsewhere", "it broke");
    Finding refused = lease(LeaseStatus.State.REFUSED, NOW);
    assertThat(refused.verdict()).isEqualTo("fail");
    assertThat(refused.remedy()).isEqualTo("join again");
    assertThat(lease(LeaseStatus.State.NONE, null).verdict()).isEqualTo("pass");
  }

  private static Finding lease(LeaseStatus.State state, @Nullable Instant lastReply) {
    LeaseStatus lease =
        new LeaseStatus(
            state, "10.0.0.1:15012", lastReply, 6, "it broke", "join again", NOW.minusSeconds(60));
    return only("lease", status(LATER, running("", CONNECTED, lease, WELL)));
  }

  @Test
  void aSickApplicationIsNamedWithItsCheckAndReason() {
    Health sick =
        new Health(
            "billing.shop", "tcp://127.0.0.1:80", false, "Connection refused", NOW.minusSeconds(8));
    AgentStatus ill = status(LATER, running("", CONNECTED, HELD, sick));
    assertThat(healthy(ill)).isFalse();
    assertThat(only("service billing.shop", ill).detail())
        .contains("for 8s", "tcp://127.0.0.1:80", "Connection refused");
  }
}
