package dev.hawser.controlplane.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class GatewayRosterTest {
  private static final Instant START = Instant.EPOCH;
  private static final Instant LATER = START.plusSeconds(3600);

  @Test
  void afterARestartTheStoredGatewaysAreToldUntilTheyHadTimeToComeBack() {
    GatewayRoster roster = new GatewayRoster(List.of("a:1", "b:1"), START);
    roster.connected(List.of("a:1"));

    assertThat(roster.advertised(START.plusSeconds(59))).containsExactly("a:1", "b:1");
    assertThat(roster.advertised(START.plusSeconds(60))).containsExactly("a:1");
  }

  @Test
  void aDisconnectedGatewayStaysForAWhileAndANewOneIsToldAtOnce() {
    GatewayRoster roster = new GatewayRoster(List.of(), START);
    roster.connected(List.of("a:1", "b:1"));
    roster.advertised(LATER);

    roster.connected(List.of("a:1", "c:1"));

    assertThat(roster.advertised(LATER.plusSeconds(9))).containsExactly("a:1", "b:1", "c:1");
    assertThat(roster.advertised(LATER.plusSeconds(10))).containsExactly("a:1", "c:1");
  }

  @Test
  void theLastGatewaysNeverLeave() {
    GatewayRoster roster = new GatewayRoster(List.of(), START);
    roster.connected(List.of("a:1", "b:1"));
    roster.advertised(LATER);

    roster.connected(List.of());

    assertThat(roster.advertised(LATER.plusSeconds(3600))).containsExactly("a:1", "b:1");
  }
}
