package dev.hawser.it.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Protocol;
import dev.hawser.api.model.Provenance;
import dev.hawser.api.model.Service;
import dev.hawser.controlplane.registry.MassWithdrawalGuard;
import dev.hawser.controlplane.registry.Registries;
import dev.hawser.controlplane.registry.RegistryState;
import dev.hawser.controlplane.registry.ServiceRegistry;
import dev.hawser.controlplane.registry.SourceStatus;
import dev.hawser.controlplane.registry.WithdrawalRule;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every registry promises, whatever it reads. */
abstract class ServiceRegistryContract {
  static final Upstream.Instance ORDERS_1 = new Upstream.Instance("orders-1", "10.7.0.1", "orders");
  static final Upstream.Instance ORDERS_2 = new Upstream.Instance("orders-2", "10.7.0.2", "orders");
  static final Upstream.Instance ORDERS_3 = new Upstream.Instance("orders-3", "10.7.0.3", "orders");
  static final Upstream.Instance STOCK_1 = new Upstream.Instance("stock-1", "10.7.1.1", "keeper");
  static final Upstream.Instance STOCK_2 = new Upstream.Instance("stock-2", "10.7.1.2", "keeper");

  /** Far longer than any source needs on a quiet machine; the times it took are printed. */
  static final Duration SOON = Duration.ofMinutes(1);

  /** For a source that is killed and must come back first. */
  static final Duration AFTER_A_KILL = Duration.ofMinutes(2);

  final Reports reports = new Reports();
  private final List<ServiceRegistry> started = new ArrayList<>();
  private @Nullable Upstream upstream;

  /** Starts the upstream with its data in a folder. */
  abstract Upstream upstream(Path folder);

  abstract Provenance.Registry kind();

  @BeforeEach
  void startUpstream(@TempDir Path folder) {
    upstream = upstream(folder);
  }

  @AfterEach
  void closeAll() {
    started.forEach(ServiceRegistry::close);
    upstream().close();
  }

  final Upstream upstream() {
    Upstream current = upstream;
    if (current == null) {
      throw new AssertionError("the upstream has not started");
    }
    return current;
  }

  final ServiceRegistry start() {
    ServiceRegistry registry = upstream().connect();
    started.add(registry);
    registry.start(reports);
    return registry;
  }

  @Test
  void theFirstStateIsWholeAndAResync() {
    upstream().service("orders", "true", List.of(ORDERS_1, ORDERS_2));
    upstream().service("stock", "", List.of(STOCK_1));
    Instant before = Instant.now();
    ServiceRegistry registry = start();

    RegistryState state =
        reports.await(
            "first whole state",
            SOON,
            it ->
                Reports.ready(it, "orders").size() == 2 && Reports.ready(it, "stock").size() == 1);

    assertThat(reports.states().getFirst().resynced()).isTrue();
    assertThat(state.source()).isEqualTo(registry.source());
    assertThat(state.kind()).isEqualTo(kind()).isEqualTo(registry.kind());
    assertThat(state.observed()).isBetween(before, Instant.now());
    Service orders = Reports.service(state, "orders");
    assertThat(orders.ports())
        .singleElement()
        .satisfies(port -> {
          assertThat(port.number()).isEqualTo(8080);
          assertThat(port.protocol()).isEqualTo(Protocol.HTTP);
        });
    for (Endpoint endpoint : orders.endpoints()) {
      assertThat(endpoint.network()).isEqualTo("net-east");
      assertThat(endpoint.serviceAccount()).isEqualTo("orders");
      assertThat(endpoint.locality().region()).isEqualTo("east");
      Provenance provenance = endpoint.provenance();
      assertThat(provenance.registry()).isEqualTo(kind());
      assertThat(provenance.source()).isEqualTo(registry.source());
      assertThat(provenance.cluster()).isEqualTo("east");
      assertThat(provenance.owner()).isNotBlank();
      assertThat(provenance.since()).isBefore(Instant.now());
    }
    assertThat(Reports.endpoints(state, "stock").getFirst().serviceAccount()).isEqualTo("keeper");
    assertThat(state.services()).isSortedAccordingTo((a, b) -> a.name().compareTo(b.name()));
  }

  @Test
  void aSourceWithNothingReportsNothingRatherThanStaySilent() {
    start();

    RegistryState state = reports.await("first state, empty", SOON, _ -> true);

    assertThat(state.services()).isEmpty();
    assertThat(state.resynced()).isTrue();
  }

  @Test
  void instancesComeAndGoAndKeepTheirIdentity() {
    upstream().service("orders", "true", List.of(ORDERS_1, ORDERS_2));
    upstream().service("stock", "", List.of(STOCK_1));
    start();
    RegistryState first = reports.awaitReady("two instances", "orders", "10.7.0.1", "10.7.0.2");

    upstream().add("orders", ORDERS_3);
    RegistryState more =
        reports.awaitReady("a third comes", "orders", "10.7.0.1", "10.7.0.2", "10.7.0.3");
    upstream().remove("orders", ORDERS_1);
    RegistryState fewer = reports.awaitReady("the first goes", "orders", "10.7.0.2", "10.7.0.3");

    assertThat(more.resynced()).isFalse();
    assertThat(fewer.resynced()).isFalse();
    assertThat(Reports.endpoints(more, "orders")).containsAll(Reports.endpoints(first, "orders"));
    assertThat(Reports.endpoints(fewer, "stock")).isEqualTo(Reports.endpoints(first, "stock"));
    Set<String> ids =
        Set.copyOf(Reports.endpoints(more, "orders").stream().map(Endpoint::id).toList());
    assertThat(ids).hasSize(3);
  }

  @Test
  void aServiceThatIsTakenAwayTakesNothingElseWithIt() {
    upstream().service("orders", "true", List.of(ORDERS_1, ORDERS_2));
    upstream().service("stock", "", List.of(STOCK_1));
    start();
    reports.awaitReady("both services", "orders", "10.7.0.1", "10.7.0.2");

    upstream().remove("orders");

    RegistryState state = reports.awaitReady("one is taken away", "orders");
    assertThat(Reports.ready(state, "stock")).containsExactly("10.7.1.1");
  }

  @Test
  void exposureIsWhatTheOwnerSays() {
    upstream().service("orders", "true", List.of(ORDERS_1));
    upstream().service("stock", "west,north", List.of(STOCK_1));
    upstream()
        .service("ledger", "", List.of(new Upstream.Instance("ledger-1", "10.7.2.1", "ledger")));
    start();

    RegistryState state =
        reports.await(
            "all three", SOON, it -> it.services().size() == 3 && it.endpointCount() == 3);

    assertThat(Reports.service(state, "orders").exposure()).isEqualTo(Exposure.everyone());
    assertThat(Reports.service(state, "stock").exposure())
        .isEqualTo(new Exposure.Only(Set.of("west", "north")));
    assertThat(Reports.service(state, "ledger").exposure()).isEqualTo(Exposure.hidden());
  }

  @Test
  void whatCannotBeTakenIsRejectedWithAReasonAndTakesNothingDown() {
    upstream().service("orders", "true", List.of(ORDERS_1, ORDERS_2));
    start();
    reports.awaitReady("the good ones", "orders", "10.7.0.1", "10.7.0.2");

    String reason = upstream().spoil();

    RegistryState state =
        reports.await(
            "the bad one is rejected",
            SOON,
            it -> it.rejected().stream().anyMatch(each -> each.toString().contains(reason)));
    assertThat(Reports.ready(state, "orders")).containsExactly("10.7.0.1", "10.7.0.2");
  }

  @Test
  void anUnhealthyInstanceStaysListedAndIsNotReady() {
    upstream().service("orders", "true", List.of(ORDERS_1, ORDERS_2));
    start();
    reports.awaitReady("both healthy", "orders", "10.7.0.1", "10.7.0.2");

    if (upstream().health("orders", ORDERS_1, false)) {
      RegistryState state = reports.awaitReady("one turns unhealthy", "orders", "10.7.0.2");
      assertThat(Reports.endpoints(state, "orders")).hasSize(2);
      upstream().health("orders", ORDERS_1, true);
    }
    RegistryState state =
        reports.awaitReady("both healthy again", "orders", "10.7.0.1", "10.7.0.2");
    assertThat(Reports.endpoints(state, "orders")).hasSize(2);
  }

  @Test
  void whileTheSourceIsAwayItsLastStateStandsAndTheNextIsAResync() {
    upstream().service("orders", "true", List.of(ORDERS_1, ORDERS_2));
    upstream().service("stock", "", List.of(STOCK_1));
    start();
    reports.awaitReady("before", "orders", "10.7.0.1", "10.7.0.2");
    RegistryState before =
        reports.await("before, whole", SOON, it -> Reports.ready(it, "stock").size() == 1);
    int reported = reports.states().size();
    reports.forgetTroubles();

    boolean left = upstream().leave();
    if (left) {
      Awaitility.await("trouble is told").atMost(SOON).until(() -> !reports.troubles().isEmpty());
      assertThat(reports.troubles().getFirst()).startsWith(before.source() + ": ");
      assertThat(reports.states()).hasSize(reported);
    }
    upstream().comeBack();

    if (left) {
      reports.await(
          "the first state after it is back",
          AFTER_A_KILL,
          _ -> reports.states().size() > reported);
      RegistryState resynced = reports.states().get(reported);
      assertThat(resynced.resynced()).isTrue();
      assertThat(resynced.services()).isEqualTo(before.services());
    }
    for (RegistryState each : reports.states().subList(reported, reports.states().size())) {
      assertThat(Reports.ready(each, "orders")).hasSize(2);
      assertThat(Reports.ready(each, "stock")).hasSize(1);
    }
  }

  @Test
  void anotherRegistryOnTheSameSourceGivesTheSameIdentities() {
    upstream().service("orders", "true", List.of(ORDERS_1, ORDERS_2));
    ServiceRegistry first = start();
    List<String> before =
        Reports.endpoints(
                reports.awaitReady("the first registry", "orders", "10.7.0.1", "10.7.0.2"),
                "orders")
            .stream()
            .map(Endpoint::id)
            .toList();
    first.close();
    int reported = reports.states().size();

    start();

    reports.await("the second registry", SOON, _ -> reports.states().size() > reported);
    RegistryState again = reports.awaitReady("the same", "orders", "10.7.0.1", "10.7.0.2");
    assertThat(Reports.endpoints(again, "orders").stream().map(Endpoint::id).toList())
        .isEqualTo(before);
  }

  @Test
  void afterCloseNothingIsReported() {
    upstream().service("orders", "true", List.of(ORDERS_1));
    ServiceRegistry registry = start();
    reports.awaitReady("before close", "orders", "10.7.0.1");

    registry.close();
    registry.close();
    int reported = reports.states().size();
    upstream().add("orders", ORDERS_2);

    Awaitility.await()
        .during(Duration.ofSeconds(2))
        .atMost(Duration.ofSeconds(3))
        .until(() -> reports.states().size() == reported);
    assertThatThrownBy(() -> registry.start(reports)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aSourceThatForgetsEverythingIsHeldUntilAnOperatorAcceptsIt() {
    upstream().service("orders", "true", List.of(ORDERS_1, ORDERS_2));
    upstream().service("stock", "", List.of(STOCK_1, STOCK_2));
    ServiceRegistry registry = upstream().connect();
    try (Registries registries =
        new Registries(
            List.of(registry),
            new MassWithdrawalGuard(WithdrawalRule.DEFAULT, InstantSource.system()),
            reports::onState)) {
      registries.start();
      reports.await("all four are served", SOON, it -> ready(it) == 4);
      int reported = reports.states().size();

      if (!upstream().forget()) {
        return;
      }
      Awaitility.await("held")
          .atMost(AFTER_A_KILL)
          .until(() -> status(registries).condition() == SourceStatus.Condition.HELD);

      Awaitility.await("what is held goes on being served")
          .during(Duration.ofSeconds(2))
          .atMost(Duration.ofSeconds(3))
          .until(() -> reports.states().stream().skip(reported).allMatch(it -> ready(it) == 4));
      System.out.println("  " + status(registries).detail());
      assertThat(status(registries).held()).isEqualTo(4);
      assertThat(registries.accept(registry.source())).isTrue();
      assertThat(ready(reports.last())).isZero();
      assertThat(status(registries).condition()).isEqualTo(SourceStatus.Condition.SYNCED);
    }
  }

  private static SourceStatus status(Registries registries) {
    return registries.status().getFirst();
  }

  private static int ready(RegistryState state) {
    return Reports.ready(state, "orders").size() + Reports.ready(state, "stock").size();
  }
}
