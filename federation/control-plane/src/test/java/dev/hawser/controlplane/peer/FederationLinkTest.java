package dev.hawser.controlplane.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.PeerState;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.api.peer.v1.LinkMessage;
import dev.hawser.api.peer.v1.PeeringGrpc;
import dev.hawser.api.peer.v1.SignIntermediateRequest;
import dev.hawser.api.peer.v1.SignIntermediateResponse;
import dev.hawser.controlplane.exports.Offers;
import dev.hawser.controlplane.snapshot.RemoteCluster;
import dev.hawser.controlplane.state.StateKind;
import dev.hawser.controlplane.transport.PeerIdentity;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.x509.Certificates;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two control planes that are members of one federation, and what may befall their link. */
class FederationLinkTest {
  private static final Duration SOON = Duration.ofSeconds(15);

  private final ScheduledExecutorService probing = Executors.newSingleThreadScheduledExecutor();
  private TestCluster east = new TestCluster("east");
  private TestCluster west = new TestCluster("west");

  @BeforeEach
  void join() throws Exception {
    east.export("web.shop");
    west.export("payments.shop");
    west.join(east.invite());
    awaitLive();
    await().atMost(SOON).until(() -> east.imports("west").contains("payments.shop"));
    await().atMost(SOON).until(() -> west.imports("east").contains("web.shop"));
  }

  @AfterEach
  void close() {
    probing.shutdownNow();
    east.close();
    west.close();
  }

  @Test
  void changesOfExportsArriveOneByOne() {
    west.export("payments.shop", "refunds.shop");
    await()
        .atMost(SOON)
        .until(() -> east.imports("west").equals(List.of("payments.shop", "refunds.shop")));

    west.export("refunds.shop");
    await().atMost(SOON).until(() -> east.imports("west").equals(List.of("refunds.shop")));

    west.offer(List.of(west.local("refunds.shop", new Exposure.Only(Set.of("north")))));
    await().atMost(SOON).until(() -> east.imports("west").isEmpty());
  }

  @Test
  void aChangeOfGatewaysArrives() {
    west.federation().gateways(List.of(west.gateway().address(), "127.0.0.1:9"));

    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(remote(east).gateways())
                .extracting(gateway -> gateway.address())
                .containsExactlyInAnyOrder(west.gateway().address(), "127.0.0.1:9"));
  }

  @Test
  void aRestartedControlPlaneServesTheLastKnownExportsAtOnceAndComesBackUnderAHigherEpoch() {
    long epoch = east.federation().epoch();
    west.gateway().freeze();
    east.gateway().freeze();

    east = east.restart();

    assertThat(east.imports("west")).containsExactly("payments.shop");
    assertThat(remote(east).state()).isEqualTo(PeerState.CONTROL_LOST);
    assertThat(remote(east).trustDomain()).isEqualTo("west.mesh.internal");
    assertThat(east.federation().epoch()).isEqualTo(epoch + 1);

    west.gateway().thaw();
    east.gateway().thaw();
    awaitLive();
    assertThat(east.imports("west")).containsExactly("payments.shop");
  }

  @Test
  void restartsOfAPeerWithdrawNothing() {
    List<String> losses = new CopyOnWriteArrayList<>();
    Future<?> watcher =
        probing.scheduleAtFixedRate(
            () -> {
              RemoteCluster seen = remote(east);
              if (!seen.serves() || !east.imports("west").contains("payments.shop")) {
                losses.add(seen.toString());
              }
            },
            0,
            5,
            TimeUnit.MILLISECONDS);
    for (int i = 0; i < 3; i++) {
      west = west.restart();
      // The link is up before the registries of west have reported.
      awaitLive();
      west.export("payments.shop");
    }
    watcher.cancel(false);

    assertThat(losses).isEmpty();
  }

  @Test
  void aFrozenPeerIsDeadWithinTenSecondsAndLiveWithinTenOfItsReturn() {
    Instant frozen = freeze(east, west);

    await().atMost(Duration.ofSeconds(10)).until(() -> remote(east).state() == PeerState.DEAD);
    assertThat(Duration.between(frozen, Instant.now())).isGreaterThan(Duration.ofSeconds(4));
    assertThat(east.imports("west")).as("kept as last known").containsExactly("payments.shop");
    assertThat(east.member("west").orElseThrow().detail())
        .contains("no gateway has answered a probe for");

    west.gateway().thaw();
    east.gateway().thaw();
    await().atMost(Duration.ofSeconds(10)).until(() -> east.sees("west", PeerState.LIVE));
  }

  @Test
  void aPeerWhoseGatewayAnswersIsOnlyLostToControl() {
    probe(east, west, true);
    west.stop();

    await().atMost(Duration.ofSeconds(10)).until(() -> east.sees("west", PeerState.CONTROL_LOST));
    await()
        .during(Duration.ofSeconds(4))
        .atMost(Duration.ofSeconds(6))
        .until(() -> east.sees("west", PeerState.CONTROL_LOST));
    assertThat(east.imports("west")).containsExactly("payments.shop");
    assertThat(east.member("west").orElseThrow().controlAgeSeconds()).isGreaterThanOrEqualTo(5);

    west = west.restart();
    west.export("payments.shop");
    awaitLive();
  }

  @Test
  void aLinkThatWorksOneWayIsDown() {
    probe(east, west, true);
    west.gateway().pass(true, false);
    east.gateway().pass(true, false);

    await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () -> east.sees("west", PeerState.CONTROL_LOST) && !west.sees("east", PeerState.LIVE));

    west.gateway().thaw();
    east.gateway().thaw();
    awaitLive();
  }

  @Test
  void oneSideThatCanDialIsEnough() {
    west.gateway().close();

    await().atMost(SOON).until(() -> east.sees("west", PeerState.LIVE) && isLinked());
    west.export("payments.shop", "refunds.shop");
    await().atMost(SOON).until(() -> east.imports("west").contains("refunds.shop"));
  }

  @Test
  void theLowerNamesLinkIsTheOneThatStays() {
    await()
        .during(Duration.ofSeconds(3))
        .atMost(Duration.ofSeconds(10))
        .until(() -> east.sees("west", PeerState.LIVE) && west.sees("east", PeerState.LIVE));
    long throughWest = west.gateway().connections();
    long throughEast = east.gateway().connections();

    await()
        .during(Duration.ofSeconds(2))
        .atMost(Duration.ofSeconds(5))
        .until(() ->
            west.gateway().connections() == throughWest
                && east.gateway().connections() == throughEast);
    assertThat(throughWest).as("east dials, through west's gateway").isPositive();
  }

  @Test
  void aControlPlaneThatLostItsEpochTakesOneAboveWhatItsPeerSaw() {
    for (int i = 0; i < 3; i++) {
      west = west.restart();
    }
    west.export("payments.shop");
    await().atMost(SOON).until(() -> east.member("west").orElseThrow().epoch() == 4);
    west.stop();
    west.store().remove(StateKind.CLUSTER, "epoch");

    west = new TestCluster(new ClusterName("west", "mesh.internal"), west.store(), west.gateway());
    west.export("payments.shop", "fresh.shop");

    await()
        .atMost(SOON)
        .untilAsserted(() -> {
          assertThat(west.federation().epoch()).isEqualTo(5);
          assertThat(east.imports("west")).contains("fresh.shop");
        });
  }

  @Test
  void aPeerThatExportsNothingMoreIsNotTakenForOneThatIsLost() {
    west.federation().offer(Offers.NONE);

    await().atMost(SOON).until(() -> east.imports("west").isEmpty());
    assertThat(east.sees("west", PeerState.LIVE)).isTrue();
  }

  @Test
  void onlyControlPlanesOfMembersMayLinkOrAskForSignatures() throws Exception {
    for (String id :
        List.of(
            "spiffe://west.mesh.internal/ns/shop/sa/payments",
            "spiffe://west.mesh.internal/ns/hawser-system/sa/gateway",
            "spiffe://north.mesh.internal/ns/hawser-system/sa/control-plane",
            "spiffe://west.other.internal/ns/hawser-system/sa/control-plane")) {
      assertThat(linkAs(id)).as(id).isEqualTo(Status.Code.PERMISSION_DENIED);
      assertThat(signAs(id)).as(id).isEqualTo(Status.Code.PERMISSION_DENIED);
    }
    assertThat(signAs("spiffe://west.mesh.internal/ns/hawser-system/sa/control-plane"))
        .as("a member is only refused for its request, which is empty here")
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void aRevokedIntermediateEndsTheLinkFromBothSides() {
    var serial = west.trust().authority().intermediate().getSerialNumber();

    east.trust().revoke(Set.of(serial));

    await().atMost(SOON).until(() -> !east.sees("west", PeerState.LIVE));
    assertThat(east.member("west").orElseThrow().detail()).contains("link dialled");
    await()
        .during(Duration.ofSeconds(2))
        .atMost(SOON)
        .until(() -> !east.sees("west", PeerState.LIVE));
  }

  @Test
  void aMemberRenewsAndTakesItsOldIntermediateBackForAllAndTheLinkComesBack() throws Exception {
    var old = west.trust().authority().intermediate().getSerialNumber();
    west.federation().renewIntermediate();

    west.federation().revokeIntermediate(Certificates.serialHex(old));

    for (TestCluster cluster : List.of(west, east)) {
      await()
          .atMost(SOON)
          .untilAsserted(() -> {
            assertThat(cluster.trust().bundles().revokedIntermediates()).containsExactly(old);
            assertThat(cluster.trust().revocationList())
                .hasValueSatisfying(list -> assertThat(list.serials()).containsExactly(old));
          });
    }
    awaitLive();
    assertThat(east.imports("west")).contains("payments.shop");
  }

  @Test
  void theRootsListReachesMembersThroughTheHolder() throws Exception {
    east.federation().renewIntermediate();
    var old =
        east.trust().intermediates().stream()
            .filter(known -> known.trustDomain().equals(east.trust().trustDomain()))
            .reduce((_, last) -> last)
            .orElseThrow();

    east.federation().revokeIntermediate(Certificates.serialHex(old.serial()));

    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(west.trust().revocationList())
                .hasValueSatisfying(
                    list -> assertThat(list.serials()).containsExactly(old.serial())));
    awaitLive();
  }

  @Test
  void whatIsInUseUnknownOrAnothersIsNotRevoked() {
    assertRefused(west, west.trust().issuer(), "intermediate-in-use");
    assertRefused(west, east.trust().issuer(), "intermediate-unknown");
    assertRefused(west, "00ff", "intermediate-unknown");
    assertRefused(west, "no serial", "invalid");
    assertThat(east.trust().revocationList()).isEmpty();
  }

  private static void assertRefused(TestCluster cluster, String serial, String code) {
    assertThatExceptionOfType(FederationException.class)
        .isThrownBy(() -> cluster.federation().revokeIntermediate(serial))
        .satisfies(e -> assertThat(e.code()).isEqualTo(code));
  }

  private Status.Code linkAs(String id) throws Exception {
    RecordingCall<LinkMessage> call = new RecordingCall<>();
    PeerIdentity.as(SpiffeId.parse(id)).run(() -> peering().link(call));
    return call.outcome();
  }

  private Status.Code signAs(String id) throws Exception {
    RecordingCall<SignIntermediateResponse> call = new RecordingCall<>();
    PeerIdentity.as(SpiffeId.parse(id))
        .run(() -> peering().signIntermediate(SignIntermediateRequest.getDefaultInstance(), call));
    return call.outcome();
  }

  /** East's service, called as if the certificate of the connection had the context's id. */
  private PeeringGrpc.AsyncService peering() {
    return (PeeringGrpc.AsyncService) east.federation().services().getFirst();
  }

  /** Nothing of the other cluster answers any more, neither control plane nor gateway. */
  private Instant freeze(TestCluster watching, TestCluster frozen) {
    probe(watching, frozen, false);
    frozen.gateway().freeze();
    watching.gateway().freeze();
    return Instant.now();
  }

  private void probe(TestCluster from, TestCluster of, boolean answered) {
    GatewayProbes probes = from.federation().probes();
    probes.probers(1);
    probes.answered(of.name(), of.gateway().address(), Instant.now());
    var _ =
        probing.scheduleAtFixedRate(
            () -> {
              if (answered) {
                probes.answered(of.name(), of.gateway().address(), Instant.now());
              } else {
                probes.failed(of.name(), of.gateway().address(), Instant.now());
              }
            },
            1,
            1,
            TimeUnit.SECONDS);
  }

  private boolean isLinked() {
    return west.sees("east", PeerState.LIVE);
  }

  private void awaitLive() {
    await()
        .atMost(SOON)
        .until(() -> east.sees("west", PeerState.LIVE) && west.sees("east", PeerState.LIVE));
  }

  private static RemoteCluster remote(TestCluster cluster) {
    return cluster.federation().remotes().clusters().getFirst();
  }
}
