package dev.hawser.controlplane.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Locality;
import dev.hawser.api.model.PeerState;
import dev.hawser.api.model.Protocol;
import dev.hawser.api.model.Provenance;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.snapshot.Condition;
import dev.hawser.controlplane.snapshot.MeshEndpoint;
import dev.hawser.controlplane.snapshot.MeshService;
import dev.hawser.controlplane.snapshot.Present;
import dev.hawser.controlplane.snapshot.RemoteExport;
import dev.hawser.controlplane.snapshot.SlotAssignment;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How reports become one mesh. */
class SnapshotMergerTest extends MergeFixture {
  @Test
  void sameNamedServicesOfTwoRegistriesAreOneServiceWithProvenance() {
    source(
        "kubernetes",
        service(ORDERS, OLD, Exposure.hidden(), HTTP, endpoint("kubernetes", "10.0.0.1")));
    source(
        "consul/dc1",
        service(ORDERS, NEW, Exposure.hidden(), HTTP, endpoint("consul/dc1", "10.0.0.2")));

    MeshService orders = merged();

    assertThat(orders.local())
        .extracting(MeshEndpoint::key)
        .containsExactly("consul/dc1/10.0.0.2", "kubernetes/10.0.0.1");
    assertThat(orders.since()).isEqualTo(OLD);
  }

  @Test
  void theOldestDefinitionOfAPortWinsAndTheOthersEndpointsAreNotUsedForIt() {
    source("a", service(ORDERS, NEW, Exposure.hidden(), TCP, endpoint("a", "10.0.0.1")));
    source("b", service(ORDERS, OLD, Exposure.hidden(), HTTP, endpoint("b", "10.0.0.2")));

    MeshService orders = merged();

    assertThat(orders.ports()).containsExactly(HTTP);
    assertThat(at(orders, "10.0.0.1").ports()).isEmpty();
    assertThat(at(orders, "10.0.0.2").ports()).containsExactly(8080);
    assertThat(kinds(orders)).contains(Condition.Kind.PORT_CONFLICT);
    assertThat(orders.conditions().toString()).contains("8080", "http by b", "tcp by a", "older");
  }

  @Test
  void aPortThatOnlyOneRegistryKnowsIsServedByItsEndpointsAlone() {
    ServicePort metrics = new ServicePort("metrics", 9090, Protocol.HTTP);
    source("a", service(ORDERS, OLD, Exposure.hidden(), HTTP, endpoint("a", "10.0.0.1")));
    source("b", service(ORDERS, NEW, Exposure.hidden(), metrics, endpoint("b", "10.0.0.2")));

    MeshService orders = merged();

    assertThat(orders.ports()).containsExactly(HTTP, metrics);
    assertThat(at(orders, "10.0.0.1").ports()).containsExactly(8080);
    assertThat(at(orders, "10.0.0.2").ports()).containsExactly(9090);
    assertThat(kinds(orders)).doesNotContain(Condition.Kind.PORT_CONFLICT);
  }

  @Test
  void anotherClustersClaimOfAgeNeverOutranksThisClustersOwnDefinition() {
    source("a", service(ORDERS, NEW, Exposure.everyone(), HTTP, endpoint("a", "10.0.0.1")));
    exports.add(export("west", ORDERS, TCP, OLD, WEST_ID));

    MeshService orders = merged();

    assertThat(orders.ports()).containsExactly(HTTP);
    assertThat(orders.remote().getFirst().ports()).isEmpty();
    assertThat(orders.conditions().toString()).contains("this cluster's own");
  }

  @Test
  void aRemoteExportJoinsAnExportedLocalService() {
    source("a", service(ORDERS, OLD, Exposure.everyone(), HTTP, endpoint("a", "10.0.0.1")));
    exports.add(export("west", ORDERS, HTTP, NEW, WEST_ID));

    assertThat(merged().remote()).extracting(RemoteExport::cluster).containsExactly("west");
  }

  @Test
  void aPeerCannotTakeOverANameThatIsPrivateHere() {
    source("a", service(ORDERS, NEW, Exposure.hidden(), HTTP));
    exports.add(export("west", ORDERS, HTTP, OLD, WEST_ID));

    MeshService orders = merged();

    assertThat(orders.remote()).isEmpty();
    assertThat(kinds(orders)).containsExactly(Condition.Kind.NAME_CONFLICT);
    assertThat(snapshot().conditions().toString()).contains("west", "orders.shop", "not exported");
  }

  @Test
  void aServiceThatRunsOnlyElsewhereIsKnownHere() {
    exports.add(export("west", ORDERS, HTTP, OLD, WEST_ID));

    assertThat(merged().ports()).containsExactly(HTTP);
    assertThat(merged().exposure()).isEqualTo(Exposure.hidden());
  }

  @Test
  void aServiceOfADeadClusterStaysKnownSoThatCallersHearUnavailableAndNotUnknown() {
    remotes.set(0, remote("west", PeerState.DEAD));
    exports.add(export("west", ORDERS, HTTP, OLD, WEST_ID));

    assertThat(merged().remote()).hasSize(1);
  }

  @Test
  void anExportOfAClusterThatIsNoMemberIsNotUsed() {
    exports.add(export("north", ORDERS, HTTP, OLD, "spiffe://north.mesh.internal/ns/shop/sa/o"));

    assertThat(snapshot().services()).isEmpty();
  }

  @Test
  void clusterInternalNamesAreNeverImported() {
    ServiceName dns = ServiceName.parse("kube-dns.kube-system");
    ServiceName api = ServiceName.parse("kubernetes.default");
    exports.add(export("west", dns, HTTP, OLD, "spiffe://west.mesh.internal/ns/kube-system/sa/d"));
    exports.add(export("west", api, HTTP, OLD, "spiffe://west.mesh.internal/ns/default/sa/d"));

    assertThat(snapshot().services()).isEmpty();
    assertThat(snapshot().conditions())
        .extracting(Condition::kind)
        .containsExactly(Condition.Kind.INTERNAL_NAME, Condition.Kind.INTERNAL_NAME);
  }

  @Test
  void clusterInternalNamesAreNeverExportedWhateverTheirRegistrySays() {
    ServiceName dns = ServiceName.parse("kube-dns.kube-system");
    source("a", service(dns, OLD, Exposure.everyone(), HTTP, endpoint("a", "10.0.0.1")));

    MeshService merged = snapshot().service(dns).orElseThrow();

    assertThat(merged.exposure()).isEqualTo(Exposure.hidden());
    assertThat(merged.local().getFirst().exposure()).isEqualTo(Exposure.hidden());
  }

  @Test
  void identitiesOutsideTheExportersTrustDomainAreRefused() {
    exports.add(export("west", ORDERS, HTTP, OLD, WEST_ID, ORDERS_ID, "not a SPIFFE id"));

    assertThat(merged().remote().getFirst().identities()).containsExactly(WEST_ID);
    assertThat(kinds(merged())).containsExactly(Condition.Kind.FOREIGN_IDENTITY);
  }

  @Test
  void anExportWithNoIdentityOfItsOwnIsNotUsed() {
    exports.add(export("west", ORDERS, HTTP, OLD, ORDERS_ID));

    assertThat(snapshot().services()).isEmpty();
    assertThat(snapshot().conditions())
        .extracting(Condition::kind)
        .containsExactly(Condition.Kind.FOREIGN_IDENTITY);
  }

  @Test
  void anEndpointIsMeshedWhenAProxyWithItsAddressAndItsIdentityIsPresent() {
    source(
        "a",
        service(
            ORDERS,
            OLD,
            Exposure.hidden(),
            HTTP,
            endpoint("a", "10.0.0.1"),
            endpoint("a", "10.0.0.2")));
    present.add(new Present("10.0.0.1", ORDERS_ID, 25006));
    present.add(new Present("10.0.0.2", "spiffe://east.mesh.internal/ns/shop/sa/thief", 15006));

    MeshService orders = merged();

    assertThat(at(orders, "10.0.0.1").meshed()).isTrue();
    assertThat(at(orders, "10.0.0.1").inboundPort()).isEqualTo(25006);
    assertThat(at(orders, "10.0.0.2").meshed()).isFalse();
    assertThat(kinds(orders)).containsExactly(Condition.Kind.NO_PROXY);
    assertThat(orders.conditions().getFirst().detail()).contains("1 of 2", "10.0.0.2");
  }

  @Test
  void anEndpointOfAVmIsMeshedWhileItsLeaseReportsIt() {
    Endpoint leased = endpoint(Provenance.Registry.VM, "vm", "10.0.0.1");
    source("vm", service(ORDERS, OLD, Exposure.hidden(), HTTP, leased));

    assertThat(merged().local().getFirst().serving()).isTrue();
  }

  @Test
  void oneRegistrysExportDoesNotOpenTheEndpointsOfAnother() {
    source("a", service(ORDERS, OLD, Exposure.everyone(), HTTP, endpoint("a", "10.0.0.1")));
    source("b", service(ORDERS, NEW, Exposure.hidden(), HTTP, endpoint("b", "10.0.0.2")));
    present.add(new Present("10.0.0.1", ORDERS_ID, 15006));
    present.add(new Present("10.0.0.2", ORDERS_ID, 15006));

    MeshService orders = merged();

    assertThat(orders.exposure()).isEqualTo(Exposure.everyone());
    assertThat(orders.advertisedTo("west"))
        .extracting(endpoint -> endpoint.endpoint().address())
        .containsExactly("10.0.0.1");
    assertThat(kinds(orders)).containsExactly(Condition.Kind.EXPOSURE_CONFLICT);
  }

  @Test
  void exportsToNamedClustersAddUp() {
    source("a", service(ORDERS, OLD, new Exposure.Only(Set.of("west")), HTTP));
    source("b", service(ORDERS, NEW, new Exposure.Only(Set.of("north")), HTTP));

    assertThat(merged().exposure()).isEqualTo(new Exposure.Only(Set.of("north", "west")));
  }

  @Test
  void oneAddressInTwoRegistriesIsOneEndpoint() {
    source("a", service(ORDERS, OLD, Exposure.hidden(), HTTP, endpoint("a", "10.0.0.1")));
    source("b", service(ORDERS, NEW, Exposure.hidden(), HTTP, endpoint("b", "10.0.0.1")));

    assertThat(merged().local()).extracting(MeshEndpoint::key).containsExactly("a/10.0.0.1");
    assertThat(kinds(merged())).contains(Condition.Kind.DUPLICATE_ADDRESS);
  }

  @Test
  void anUnusableServiceAccountLeavesTheOtherEndpointsInPlace() {
    Endpoint good = endpoint("a", "10.0.0.1");
    Endpoint bad =
        new Endpoint(
            "bad",
            "10.0.0.2",
            Map.of(),
            "east",
            Locality.UNKNOWN,
            true,
            "../root",
            1,
            Map.of(),
            good.provenance());
    source("a", service(ORDERS, OLD, Exposure.hidden(), HTTP, good, bad));

    assertThat(merged().local()).extracting(MeshEndpoint::key).containsExactly("a/10.0.0.1");
    assertThat(kinds(merged())).contains(Condition.Kind.UNUSABLE_ENDPOINT);
  }

  @Test
  void anEndpointCarriesTheSlotThatItHoldsNow() {
    source("a", service(ORDERS, OLD, Exposure.everyone(), HTTP, endpoint("a", "10.0.0.1")));
    slots.add(new SlotAssignment(ORDERS, 3, 1, "a/10.0.0.1", true));
    slots.add(new SlotAssignment(ORDERS, 5, 2, "a/10.0.0.1", false));
    slots.add(new SlotAssignment(ORDERS, 6, 2, "a/10.0.0.9", false));

    assertThat(merged().local().getFirst().slot().map(SlotAssignment::slot))
        .isEqualTo(Optional.of(5));
  }
}
