package dev.hawser.controlplane.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds for any sequence of reports, whatever the guard decides. */
class GuardPropertiesTest {
  private static final List<String> SERVICES = List.of("orders", "payments", "stock");

  /**
   * One report: how many endpoints each service has, and how long after the one before it comes.
   */
  record Report(List<Integer> sizes, boolean resynced, int millis) {
    RegistryState state() {
      States states = States.consul();
      for (int i = 0; i < SERVICES.size(); i++) {
        states.service(SERVICES.get(i), 1, sizes.get(i));
      }
      return resynced ? states.resynced() : states.watched();
    }
  }

  @Property
  void whatASourceReportsIsAlwaysServedAndOnlyAHoldServesMore(
      @ForAll("reports") List<Report> reports) {
    TurnedClock clock = new TurnedClock();
    MassWithdrawalGuard guard = new MassWithdrawalGuard(WithdrawalRule.DEFAULT, clock);
    for (Report report : reports) {
      clock.turn(Duration.ofMillis(report.millis()));
      RegistryState state = report.state();

      RegistryState served = guard.offer(state);

      for (String service : SERVICES) {
        assertThat(States.ready(served, service)).containsAll(States.ready(state, service));
      }
      int held = guard.hold(state.source()).map(Hold::endpointCount).orElse(0);
      assertThat(served.endpointCount()).isEqualTo(state.endpointCount() + held);
      if (held == 0) {
        assertThat(served.services()).isEqualTo(state.services());
      }
    }
  }

  @Property
  void acceptingServesExactlyWhatWasReportedLast(@ForAll("reports") List<Report> reports) {
    TurnedClock clock = new TurnedClock();
    MassWithdrawalGuard guard = new MassWithdrawalGuard(WithdrawalRule.DEFAULT, clock);
    RegistryState served = States.consul().resynced();
    RegistryState last = served;
    for (Report report : reports) {
      clock.turn(Duration.ofMillis(report.millis()));
      last = report.state();
      served = guard.offer(last);
    }

    RegistryState accepted = guard.accept(last.source()).orElse(served);

    assertThat(accepted.services()).isEqualTo(last.services());
    assertThat(guard.holds()).isEmpty();
  }

  @Provide
  Arbitrary<List<Report>> reports() {
    Arbitrary<List<Integer>> sizes =
        Arbitraries.integers().between(0, 6).list().ofSize(SERVICES.size());
    return Combinators.combine(
            sizes, Arbitraries.of(true, false), Arbitraries.integers().between(0, 15_000))
        .as(Report::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(12);
  }
}
