package dev.hawser.controlplane.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.model.Provenance;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MassWithdrawalGuardTest {
  private static final String CONSUL = "consul/dc1";
  private static final Duration PAST_SETTLING = Duration.ofSeconds(11);

  private final TurnedClock clock = new TurnedClock();
  private final MassWithdrawalGuard guard = new MassWithdrawalGuard(WithdrawalRule.DEFAULT, clock);

  @Test
  void theFirstStateOfASourcePassesWhateverItIs() {
    assertThat(guard.offer(States.consul().resynced()).services()).isEmpty();
    assertThat(guard.holds()).isEmpty();
  }

  @Test
  void aSingleDeletionPasses() {
    settled(States.consul().service("orders", 1, 4).service("payments", 1, 1));

    RegistryState served =
        guard.offer(States.consul().service("orders", 1, 3).service("payments", 1, 1).watched());

    assertThat(States.ready(served, "orders")).hasSize(3);
    assertThat(guard.holds()).isEmpty();
  }

  @Test
  void aScaleToZeroOfOneServicePassesAmongOthers() {
    settled(States.consul().service("orders", 1, 40).service("payments", 1, 1));

    RegistryState served =
        guard.offer(States.consul().service("orders", 1, 0).service("payments", 1, 1).watched());

    assertThat(States.ready(served, "orders")).isEmpty();
    assertThat(guard.holds()).isEmpty();
  }

  @Test
  void aScaleToZeroOfTheOnlyServicePasses() {
    settled(States.consul().service("orders", 1, 3));

    assertThat(guard.offer(States.consul().service("orders", 1, 0).watched()).endpointCount())
        .isZero();
    assertThat(guard.holds()).isEmpty();
  }

  @Test
  void aSourceThatSuddenlyReportsNothingIsHeld() {
    settled(States.consul().service("orders", 1, 2).service("payments", 1, 1));

    RegistryState served = guard.offer(States.consul().watched());

    assertThat(States.ready(served, "orders")).containsExactly("orders-1", "orders-2");
    assertThat(States.ready(served, "payments")).containsExactly("payments-1");
    assertThat(guard.hold(CONSUL).orElseThrow().endpointCount()).isEqualTo(3);
    assertThat(guard.hold(CONSUL).orElseThrow().reason())
        .isEqualTo("all 2 serving services with 3 ready endpoints went within 2000 ms");
  }

  @Test
  void anEmptyingWhoseEventsComeOneByOneIsHeldFromBeforeTheFirst() {
    settled(States.consul().service("orders", 1, 2).service("payments", 1, 1));
    guard.offer(States.consul().service("orders", 1, 1).service("payments", 1, 1).watched());
    clock.turn(Duration.ofMillis(700));
    guard.offer(States.consul().service("orders", 1, 1).watched());
    clock.turn(Duration.ofMillis(700));

    RegistryState served = guard.offer(States.consul().watched());

    assertThat(States.ready(served, "orders")).containsExactly("orders-1", "orders-2");
    assertThat(States.ready(served, "payments")).containsExactly("payments-1");
  }

  @Test
  void deletionsThatTakeTheirTimePassToTheLast() {
    settled(States.consul().service("orders", 1, 2).service("payments", 1, 1));
    guard.offer(States.consul().service("payments", 1, 1).watched());
    clock.turn(Duration.ofSeconds(3));

    assertThat(guard.offer(States.consul().watched()).endpointCount()).isZero();
    assertThat(guard.holds()).isEmpty();
  }

  @Test
  void anEmptyResyncIsHeldAlsoWhenItIsASingleEndpoint() {
    settled(States.consul().service("orders", 1, 1));

    RegistryState served = guard.offer(States.consul().resynced());

    assertThat(States.ready(served, "orders")).containsExactly("orders-1");
    assertThat(guard.hold(CONSUL).orElseThrow().reason())
        .isEqualTo("after a resync nothing is left of 1 ready endpoints");
  }

  @Test
  void aResyncThatLostMoreThanTheShareIsHeld() {
    settled(States.consul().service("orders", 1, 6).service("payments", 1, 4));

    RegistryState served =
        guard.offer(States.consul().service("orders", 1, 2).service("payments", 1, 4).resynced());

    assertThat(States.ready(served, "orders")).hasSize(6);
    assertThat(guard.hold(CONSUL).orElseThrow().reason())
        .isEqualTo("after a resync 4 of 10 ready endpoints are gone");
  }

  @Test
  void aResyncThatLostExactlyTheSharePasses() {
    settled(States.consul().service("orders", 1, 6).service("payments", 1, 4));

    guard.offer(States.consul().service("orders", 1, 3).service("payments", 1, 4).resynced());

    assertThat(guard.holds()).isEmpty();
  }

  @Test
  void aResyncThatLostFewerThanTheLeastPasses() {
    settled(States.consul().service("orders", 1, 3));

    guard.offer(States.consul().service("orders", 1, 1).resynced());

    assertThat(guard.holds()).isEmpty();
  }

  @Test
  void endpointsReplacedByOthersDuringAnOutageAreNoLoss() {
    settled(States.consul().service("orders", 1, 6));

    RegistryState served = guard.offer(States.consul().service("orders", 11, 16).resynced());

    assertThat(States.ready(served, "orders")).hasSize(6).contains("orders-11");
    assertThat(guard.holds()).isEmpty();
  }

  @Test
  void endpointsThatAResyncStillListsButNotAsReadyAreLost() {
    settled(States.consul().service("orders", 1, 4));

    RegistryState served = guard.offer(States.consul().notReady("orders", 1, 4).resynced());

    assertThat(States.ready(served, "orders")).hasSize(4);
    assertThat(served.endpointCount()).isEqualTo(4);
  }

  @Test
  void aRegistryThatForgetsInStepsAfterItCameBackIsHeldFromBeforeTheResync() {
    settled(States.consul().service("orders", 1, 4).service("payments", 1, 2));
    guard.offer(States.consul().service("orders", 1, 4).service("payments", 1, 2).resynced());
    clock.turn(Duration.ofSeconds(1));
    guard.offer(States.consul().service("orders", 3, 4).service("payments", 1, 2).watched());
    clock.turn(Duration.ofSeconds(3));

    RegistryState served =
        guard.offer(States.consul().service("orders", 3, 4).service("payments", 1, 1).watched());

    assertThat(States.ready(served, "orders")).hasSize(4);
    assertThat(States.ready(served, "payments")).hasSize(2);
  }

  @Test
  void aScaleToZeroOfOneServicePassesAlsoWhileAResyncSettles() {
    settled(States.consul().service("orders", 1, 4).service("payments", 1, 2));
    guard.offer(States.consul().service("orders", 1, 4).service("payments", 1, 2).resynced());
    clock.turn(Duration.ofSeconds(1));

    RegistryState served = guard.offer(States.consul().service("payments", 1, 2).watched());

    assertThat(States.ready(served, "orders")).isEmpty();
    assertThat(guard.holds()).isEmpty();
  }

  @Test
  void aLoneServiceThatIsForgottenWhileAResyncSettlesIsHeld() {
    settled(States.consul().service("orders", 1, 4));
    guard.offer(States.consul().service("orders", 1, 4).resynced());
    clock.turn(Duration.ofSeconds(1));

    assertThat(guard.offer(States.consul().watched()).endpointCount()).isEqualTo(4);
  }

  @Test
  void onceAResyncHasSettledDeletionsPassAgain() {
    settled(States.consul().service("orders", 1, 4).service("payments", 1, 1));
    guard.offer(States.consul().service("orders", 1, 4).service("payments", 1, 1).resynced());
    clock.turn(PAST_SETTLING);

    RegistryState served = guard.offer(States.consul().service("payments", 1, 1).watched());

    assertThat(States.ready(served, "orders")).isEmpty();
    assertThat(guard.holds()).isEmpty();
  }

  @Test
  void whatComesBackEndsTheHoldByItself() {
    heldEmpty();

    guard.offer(States.consul().service("orders", 1, 2).watched());
    assertThat(guard.hold(CONSUL).orElseThrow().endpointCount()).isEqualTo(3);
    guard.offer(States.consul().service("orders", 1, 4).service("payments", 1, 1).watched());

    assertThat(guard.holds()).isEmpty();
  }

  @Test
  void aServiceThatIsBackAtStrengthWithOthersEndsItsHold() {
    heldEmpty();

    RegistryState served = guard.offer(States.consul().service("orders", 21, 24).watched());

    assertThat(States.ready(served, "orders"))
        .containsExactly("orders-21", "orders-22", "orders-23", "orders-24");
    assertThat(States.ready(served, "payments")).containsExactly("payments-1");
  }

  @Test
  void additionsAndLaterDeletionsFlowDuringAHold() {
    heldEmpty();
    clock.turn(PAST_SETTLING);

    RegistryState added = guard.offer(States.consul().service("stock", 1, 2).watched());
    assertThat(States.ready(added, "stock")).hasSize(2);
    assertThat(States.ready(added, "orders")).hasSize(4);
    clock.turn(Duration.ofSeconds(3));

    RegistryState deleted = guard.offer(States.consul().service("stock", 2, 2).watched());
    assertThat(States.ready(deleted, "stock")).containsExactly("stock-2");
    assertThat(States.ready(deleted, "orders")).hasSize(4);
  }

  @Test
  void whatTheSourceStillListedAndThenDeletesLeavesTheHold() {
    heldListed();
    clock.turn(PAST_SETTLING);

    RegistryState served = guard.offer(States.consul().notReady("orders", 1, 4).watched());

    assertThat(States.ready(served, "payments")).isEmpty();
    assertThat(States.ready(served, "orders")).hasSize(4);
    assertThat(guard.hold(CONSUL).orElseThrow().endpointCount()).isEqualTo(4);
  }

  @Test
  void whatIsDeletedWhileAResyncSettlesLeavesTheHoldOnceItHas() {
    heldListed();
    guard.offer(States.consul().notReady("orders", 1, 4).watched());
    assertThat(guard.expire()).isEmpty();
    assertThat(guard.hold(CONSUL).orElseThrow().endpointCount()).isEqualTo(5);
    clock.turn(PAST_SETTLING);

    assertThat(guard.expire())
        .singleElement()
        .satisfies(served -> {
          assertThat(States.ready(served, "payments")).isEmpty();
          assertThat(States.ready(served, "orders")).hasSize(4);
        });
    assertThat(guard.expire()).isEmpty();
  }

  @Test
  void aSourceThatStopsListingAnythingDeletedNothing() {
    heldListed();
    clock.turn(PAST_SETTLING);

    assertThat(guard.offer(States.consul().watched()).endpointCount()).isEqualTo(5);
  }

  @Test
  void whatAResyncNoLongerListsWasNotDeleted() {
    heldListed();
    clock.turn(PAST_SETTLING);
    guard.offer(States.consul().notReady("orders", 1, 4).resynced());
    clock.turn(PAST_SETTLING);

    assertThat(guard.expire()).isEmpty();
    assertThat(guard.hold(CONSUL).orElseThrow().endpointCount()).isEqualTo(5);
  }

  @Test
  void anOperatorsWordEndsAHoldAndTheSameLossIsNotJudgedAgain() {
    heldEmpty();

    assertThat(guard.accept(CONSUL).orElseThrow().endpointCount()).isZero();

    assertThat(guard.offer(States.consul().watched()).endpointCount()).isZero();
    assertThat(guard.holds()).isEmpty();
    assertThat(guard.accept(CONSUL)).isEmpty();
    assertThat(guard.accept("nobody")).isEmpty();
  }

  @Test
  void aHoldEndsAtItsAge() {
    heldEmpty();
    clock.turn(Duration.ofMinutes(30).minusSeconds(1));
    assertThat(guard.expire()).isEmpty();
    clock.turn(Duration.ofSeconds(1));

    assertThat(guard.expire())
        .singleElement()
        .satisfies(served -> assertThat(served.endpointCount()).isZero());
    assertThat(guard.holds()).isEmpty();
  }

  @Test
  void leasesThatRunOutAreNeverHeld() {
    States vms = States.of("vm", Provenance.Registry.VM).service("billing", 1, 5);
    guard.offer(vms.service("orders", 1, 5).resynced());

    assertThat(guard.offer(States.of("vm", Provenance.Registry.VM).watched()).endpointCount())
        .isZero();
    assertThat(guard.holds()).isEmpty();
  }

  @Test
  void sourcesAreJudgedApart() {
    settled(States.consul().service("orders", 1, 4));
    guard.offer(States.of("file", Provenance.Registry.FILE).service("stock", 1, 4).resynced());

    guard.offer(States.consul().resynced());

    assertThat(guard.holds()).singleElement().extracting(Hold::source).isEqualTo(CONSUL);
  }

  @Test
  void theFirstReportAfterARestartIsJudgedAgainstWhatWasServedBefore() {
    guard.restore(States.consul().service("orders", 1, 4).watched());

    RegistryState served = guard.offer(States.consul().resynced());

    assertThat(States.ready(served, "orders")).hasSize(4);
    assertThat(guard.holds()).hasSize(1);
  }

  private void settled(States states) {
    guard.offer(states.resynced());
    clock.turn(PAST_SETTLING);
    guard.offer(states.watched());
    clock.turn(PAST_SETTLING);
  }

  /** After its restart the source lists all that it knew, and none of it as ready. */
  private void heldListed() {
    settled(States.consul().service("orders", 1, 4).service("payments", 1, 1));
    States listed = States.consul().notReady("orders", 1, 4).notReady("payments", 1, 1);
    assertThat(guard.offer(listed.resynced()).endpointCount()).isEqualTo(5);
    assertThat(guard.hold(CONSUL).orElseThrow().endpointCount()).isEqualTo(5);
  }

  private void heldEmpty() {
    settled(States.consul().service("orders", 1, 4).service("payments", 1, 1));
    assertThat(guard.offer(States.consul().resynced()).endpointCount()).isEqualTo(5);
  }
}
