package dev.hawser.controlplane.exports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Locality;
import dev.hawser.api.model.Protocol;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.exports.ExportedService.OfferedSlot;
import dev.hawser.controlplane.snapshot.SlotAssignment;
import dev.hawser.controlplane.state.MemoryStateStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExportLedgerTest {
  private final MemoryStateStore store = new MemoryStateStore();
  private Instant now = Instant.parse("2026-11-24T10:00:00Z");
  private final InstantSource clock = () -> now;

  @Test
  void onlyReadyAndMeshedEndpointsAreOfferedButAllKeepTheirSlots() {
    ExportLedger ledger = ledger();
    ledger.update(List.of(orders(Exposure.everyone(), serving("a"), serving("b"))));

    Offers offers = ledger.update(List.of(orders(Exposure.everyone(), serving("a"), dead("b"))));

    assertThat(numbers(offers, "west")).containsExactly(0);
    assertThat(offers.assignments())
        .extracting(SlotAssignment::endpoint, SlotAssignment::draining)
        .containsExactly(tuple("file/a", false), tuple("file/b", false));
  }

  @Test
  void whatIsNotExportedIsOfferedToNobody() {
    Offers offers = ledger().update(List.of(orders(Exposure.hidden(), hidden("a"))));

    assertThat(offers.to("west")).isEmpty();
    assertThat(offers.assignments()).isEmpty();
    assertThat(offers.isPrivate(new ServiceName("orders", "shop"))).isTrue();
  }

  @Test
  void anExportToOneClusterIsUnknownToTheOthers() {
    Exposure onlyWest = new Exposure.Only(Set.of("west"));
    LocalExport.Endpoint endpoint =
        new LocalExport.Endpoint(
            "file/a",
            true,
            "spiffe://east.mesh.internal/ns/shop/sa/a",
            onlyWest,
            Locality.UNKNOWN,
            1);

    Offers offers = ledger().update(List.of(orders(onlyWest, endpoint)));

    assertThat(numbers(offers, "west")).containsExactly(0);
    assertThat(offers.to("north")).isEmpty();
  }

  @Test
  void anEndpointIsOfferedOnlyWhereItsOwnRegistryAllows() {
    LocalExport.Endpoint inConsul =
        new LocalExport.Endpoint(
            "consul/dc1/a",
            true,
            "spiffe://east.mesh.internal/ns/shop/sa/consul",
            Exposure.hidden(),
            Locality.UNKNOWN,
            1);

    Offers offers = ledger().update(List.of(orders(Exposure.everyone(), serving("a"), inConsul)));

    assertThat(offers.to("west").getFirst().slots()).hasSize(1);
    assertThat(offers.to("west").getFirst().identities())
        .containsExactly("spiffe://east.mesh.internal/ns/shop/sa/a");
  }

  @Test
  void clusterInternalNamesNeverLeaveEvenIfExported() {
    ServiceName dns = new ServiceName("dns", "kube-system");
    ServiceName api = new ServiceName("kubernetes", "default");

    Offers offers =
        ledger()
            .update(
                List.of(
                    service(dns, Exposure.everyone(), serving("a")),
                    service(api, Exposure.everyone(), serving("b"))));

    assertThat(offers.to("west")).isEmpty();
    assertThat(offers.assignments()).isEmpty();
  }

  @Test
  void aReplacedPodGetsAnotherSlotWhileTheOldOneDrainsAndTheNumberAfterwards() {
    ExportLedger ledger = ledger();
    ledger.update(List.of(orders(Exposure.everyone(), serving("a"))));

    Offers replaced = ledger.update(List.of(orders(Exposure.everyone(), serving("b"))));
    assertThat(slots(replaced)).containsExactly(new OfferedSlot(1, 1, Locality.UNKNOWN, 1));
    assertThat(replaced.dueAt()).contains(now.plusSeconds(30));

    now = now.plusSeconds(30);
    Offers later = ledger.update(List.of(orders(Exposure.everyone(), serving("b"), serving("c"))));
    assertThat(slots(later))
        .containsExactly(
            new OfferedSlot(0, 2, Locality.UNKNOWN, 1), new OfferedSlot(1, 1, Locality.UNKNOWN, 1));
  }

  @Test
  void anEndpointThatComesBackFindsItsSlotUnchanged() {
    ExportLedger ledger = ledger();
    ledger.update(List.of(orders(Exposure.everyone(), serving("a"))));
    ledger.update(List.of(orders(Exposure.everyone())));

    Offers back = ledger.update(List.of(orders(Exposure.everyone(), serving("a"))));

    assertThat(slots(back)).containsExactly(new OfferedSlot(0, 1, Locality.UNKNOWN, 1));
    assertThat(back.dueAt()).isEmpty();
  }

  @Test
  void aRestartChangesNoSlot() {
    Offers before =
        ledger().update(List.of(orders(Exposure.everyone(), serving("a"), serving("b"))));

    Offers after =
        ledger().update(List.of(orders(Exposure.everyone(), serving("b"), serving("a"))));

    assertThat(after.to("west")).isEqualTo(before.to("west"));
    assertThat(after.assignments()).isEqualTo(before.assignments());
  }

  @Test
  void aServiceThatIsExportedAgainMuchLaterBeginsAboveEveryOldGeneration() {
    ExportLedger ledger = ledger();
    ledger.update(List.of(orders(Exposure.everyone(), serving("a"))));
    ledger.update(List.of(orders(Exposure.everyone(), serving("b"))));
    now = now.plusSeconds(31);
    ledger.update(List.of(orders(Exposure.everyone(), serving("c"))));
    ledger.update(List.of());
    now = now.plusSeconds(31);
    assertThat(ledger.update(List.of()).assignments()).isEmpty();

    Offers again = ledger().update(List.of(orders(Exposure.everyone(), serving("d"))));

    assertThat(slots(again)).containsExactly(new OfferedSlot(0, 3, Locality.UNKNOWN, 1));
  }

  @Test
  void tenThousandSlotsAreGivenAndTheNextEndpointIsNamed() {
    LocalExport.Endpoint[] endpoints =
        IntStream.range(0, 10_001)
            .mapToObj(i -> serving(String.format(Locale.ROOT, "pod-%05d", i)))
            .toArray(LocalExport.Endpoint[]::new);

    Offers offers = ledger().update(List.of(orders(Exposure.everyone(), endpoints)));

    assertThat(offers.to("west").getFirst().slots()).hasSize(10_000);
    assertThat(offers.troubles().get(new ServiceName("orders", "shop")))
        .isEqualTo(
            "1 endpoints are not offered to other clusters: all 10000 slots are taken or draining");
    assertThat(ledger().update(List.of(orders(Exposure.everyone(), endpoints))).assignments())
        .isEqualTo(offers.assignments());
  }

  private ExportLedger ledger() {
    return new ExportLedger(store, clock, SlotTable.DEFAULT_DRAIN);
  }

  private static List<OfferedSlot> slots(Offers offers) {
    return offers.to("west").getFirst().slots();
  }

  private static List<Integer> numbers(Offers offers, String cluster) {
    List<Integer> numbers = new ArrayList<>();
    offers
        .to(cluster)
        .forEach(service -> service.slots().forEach(slot -> numbers.add(slot.number())));
    return numbers;
  }

  private static LocalExport orders(Exposure exposure, LocalExport.Endpoint... endpoints) {
    return service(new ServiceName("orders", "shop"), exposure, endpoints);
  }

  private static LocalExport service(
      ServiceName name, Exposure exposure, LocalExport.Endpoint... endpoints) {
    return new LocalExport(
        name, List.of(new ServicePort("http", 8080, Protocol.HTTP)), exposure, List.of(endpoints));
  }

  private static LocalExport.Endpoint serving(String id) {
    return endpoint(id, true, Exposure.everyone());
  }

  private static LocalExport.Endpoint dead(String id) {
    return endpoint(id, false, Exposure.everyone());
  }

  private static LocalExport.Endpoint hidden(String id) {
    return endpoint(id, true, Exposure.hidden());
  }

  private static LocalExport.Endpoint endpoint(String id, boolean serving, Exposure exposure) {
    return new LocalExport.Endpoint(
        "file/" + id,
        serving,
        "spiffe://east.mesh.internal/ns/shop/sa/" + id,
        exposure,
        Locality.UNKNOWN,
        1);
  }
}
