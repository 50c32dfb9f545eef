package dev.hawser.controlplane.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.hawser.api.admin.FederationStatus;
import dev.hawser.api.admin.JoinReport;
import dev.hawser.api.admin.JoinRequest;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.PeerState;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.controlplane.state.MemoryStateStore;
import dev.hawser.controlplane.state.StateKind;
import dev.hawser.controlplane.state.StoredDocument;
import dev.hawser.controlplane.transport.EventLoops;
import dev.hawser.controlplane.transport.GrpcPeerDialer;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.token.JoinToken;
import dev.hawser.trust.token.TokenKind;
import dev.hawser.trust.token.TokenState;
import dev.hawser.trust.verify.PeerVerifier;
import dev.hawser.trust.x509.Certificates;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FederationJoinTest {
  private static final Duration SOON = Duration.ofSeconds(15);

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final TestCluster east = open(new TestCluster("east"));
  private final TestCluster west = open(new TestCluster("west"));

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
  }

  @Test
  void aTokenMakesTwoClustersOneFederationAndEachSeesTheOthersExports() throws Exception {
    east.export("web.shop");
    west.export("payments.shop");

    JoinReport report = west.join(east.invite());

    assertThat(report.joined()).isTrue();
    assertThat(report.members()).containsExactly("east", "west");
    assertThat(report.rootHolder()).isEqualTo("east");
    assertThat(report.exportedServices()).containsExactly("web.shop");
    assertThat(report.findings()).isEmpty();
    await()
        .atMost(SOON)
        .untilAsserted(() -> {
          assertThat(east.imports("west")).containsExactly("payments.shop");
          assertThat(west.imports("east")).containsExactly("web.shop");
          assertThat(east.sees("west", PeerState.LIVE)).isTrue();
          assertThat(west.sees("east", PeerState.LIVE)).isTrue();
        });
    assertThat(east.changes()).isPositive();
  }

  @Test
  void theJoinerTakesTheFederationsRootAndKeepsItsOldOneForItsOwnWorkloads() throws Exception {
    var old = west.trust().rootCertificate();

    west.join(east.invite());

    assertThat(west.trust().rootCertificate()).isEqualTo(east.trust().rootCertificate());
    assertThat(
            west.trust()
                .bundles()
                .find(new TrustDomain("west.mesh.internal"))
                .orElseThrow()
                .roots())
        .containsExactly(east.trust().rootCertificate(), old);
    assertThat(
            west.trust()
                .bundles()
                .find(new TrustDomain("east.mesh.internal"))
                .orElseThrow()
                .roots())
        .containsExactly(east.trust().rootCertificate());
    assertThat(
            east.trust()
                .bundles()
                .find(new TrustDomain("west.mesh.internal"))
                .orElseThrow()
                .roots())
        .containsExactly(east.trust().rootCertificate());
    assertThat(west.trust().root()).isEmpty();
  }

  @Test
  void aPlanSaysWhatWouldHappenAndChangesNothing() throws Exception {
    east.export("web.shop", "orders.shop");
    west.offer(List.of(west.local("orders.shop", Exposure.hidden())));
    JoinToken token = east.invite();
    Map<String, String> eastBefore = documents(east.store());
    Map<String, String> westBefore = documents(west.store());

    JoinReport plan = west.federation().join(new JoinRequest(token.text(), true));

    assertThat(plan.joined()).isFalse();
    assertThat(plan.members()).containsExactly("east", "west");
    assertThat(plan.exportedServices()).containsExactly("orders.shop", "web.shop");
    assertThat(plan.findings())
        .containsExactly(
            "Service orders.shop runs in both clusters, but this one does not export it: callers"
                + " here keep to the local one, and the other's is shown as a conflict.");
    assertThat(documents(east.store())).isEqualTo(eastBefore);
    assertThat(documents(west.store())).isEqualTo(westBefore);
    assertThat(east.tokens().list().getFirst().state(Instant.now())).isEqualTo(TokenState.OPEN);

    assertThat(west.join(token).joined()).isTrue();
  }

  @Test
  void aPlanFindsATakenNameAndALateClock() throws Exception {
    west.join(east.invite());
    TestCluster impostor =
        open(
            new TestCluster(
                new ClusterName("west", TestCluster.MESH_DOMAIN),
                new MemoryStateStore(),
                new TestGateway(),
                () -> Instant.now().minusSeconds(90)));
    awaitLive(east, "west");

    JoinReport plan = impostor.federation().join(new JoinRequest(east.invite().text(), true));

    assertThat(plan.findings()).hasSize(2);
    assertThat(plan.findings().getFirst()).startsWith("two clusters are called west: uuid ");
    assertThat(plan.findings().getLast()).startsWith("The clocks differ: this one is ");
  }

  @Test
  void theSecondClusterOfANameIsRefusedLoudlyAndTheFirstGoesOn() throws Exception {
    west.join(east.invite());
    awaitLive(east, "west");
    TestCluster impostor = open(new TestCluster("west"));

    FederationException refusal = refused(impostor, east.invite().text());

    assertThat(refusal.code()).isEqualTo("name-taken");
    assertThat(refusal).hasMessageContaining("two clusters are called west");
    assertThat(east.sees("west", PeerState.LIVE)).isTrue();
    assertThat(impostor.trust().root()).isPresent();
    assertThat(impostor.status().members()).isEmpty();
  }

  @Test
  void whatIsRefusedLeavesTheTokenUnused() throws Exception {
    west.join(east.invite());
    awaitLive(east, "west");
    TestCluster impostor = open(new TestCluster("west"));
    JoinToken token = east.invite();

    refused(impostor, token.text());

    TestCluster north = open(new TestCluster("north"));
    assertThat(north.join(token).joined()).isTrue();
  }

  @Test
  void aTokenWorksOnce() throws Exception {
    JoinToken token = east.invite();
    west.join(token);
    TestCluster north = open(new TestCluster("north"));

    FederationException refusal = refused(north, token.text());

    assertThat(refusal.code()).isEqualTo("token-used");
    assertThat(refusal.hint()).contains("hawser token list");
    assertThat(east.tokens().list().getFirst().attempts()).isEqualTo(1);
    assertThat(north.trust().root()).isPresent();
  }

  @Test
  void expiredRevokedForeignAndMalformedTokensAreRefused() throws Exception {
    JoinToken revoked = east.invite();
    east.tokens().revoke(revoked.id());
    assertThat(refused(west, revoked.text()).code()).isEqualTo("token-revoked");

    JoinToken forNorth = east.invite("north");
    assertThat(refused(west, forNorth.text()).code()).isEqualTo("token-wrong-cluster");

    JoinToken forVm = east.tokens().issue(TokenKind.VM, "vm-1", "", Duration.ofMinutes(1));
    assertThat(refused(west, forVm.text()).code()).isEqualTo("token-wrong-kind");

    assertThat(refused(west, "hwsr1.nonsense").code()).isEqualTo("token-malformed");

    JoinToken short1 = east.tokens().issue(TokenKind.CLUSTER, "", "", Duration.ofSeconds(1));
    await().atMost(SOON).until(() -> Instant.now().isAfter(short1.expires()));
    assertThat(refused(west, short1.text()).code()).isEqualTo("token-expired");
    assertThat(east.status().members()).isEmpty();
  }

  @Test
  void aTokenBoundToANameIsRefusedByTheIssuerEvenIfItsTextSaysOtherwise() {
    JoinToken forNorth = east.invite("north");
    JoinToken rewritten =
        new JoinToken(
            forNorth.kind(),
            forNorth.id(),
            forNorth.secret(),
            forNorth.cluster(),
            forNorth.meshDomain(),
            forNorth.controlPlane(),
            forNorth.gateways(),
            forNorth.pin(),
            forNorth.expires(),
            "");

    assertThat(refused(west, rewritten.text()).code()).isEqualTo("token-wrong-cluster");
  }

  @Test
  void ofSixtyFourJoinsWithOneTokenExactlyOneWins() throws Exception {
    List<TestCluster> joiners = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      joiners.add(open(new TestCluster("c" + i)));
    }
    JoinToken token = east.invite();
    List<Callable<String>> attempts = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      TestCluster joiner = joiners.get(i % joiners.size());
      attempts.add(() -> {
        try {
          joiner.join(token);
          return "joined";
        } catch (FederationException e) {
          return e.code();
        }
      });
    }

    List<String> outcomes = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<String> outcome : executor.invokeAll(attempts)) {
        outcomes.add(outcome.get());
      }
    }

    assertThat(outcomes).filteredOn("joined"::equals).hasSize(1);
    assertThat(outcomes).containsOnly("joined", "token-used", "already-a-member");
    assertThat(east.status().members()).hasSize(1);
  }

  @Test
  void aServerWithAnotherRootNeverSeesTheToken() throws Exception {
    TestCluster stranger = open(new TestCluster("east"));
    JoinToken token = east.invite();
    east.gateway().cutAll();
    JoinToken misled =
        new JoinToken(
            token.kind(),
            token.id(),
            token.secret(),
            token.cluster(),
            token.meshDomain(),
            List.of(),
            List.of(stranger.gateway().address()),
            token.pin(),
            token.expires(),
            token.subject());

    FederationException refusal = refused(west, misled.text());

    assertThat(refusal.code()).isEqualTo("issuer-not-trusted");
    assertThat(refusal).hasMessageContaining("so the token was not sent");
    assertThat(stranger.gateway().connections()).isPositive();
    assertThat(stranger.tokens().list()).isEmpty();
    assertThat(east.tokens().list().getFirst().state(Instant.now())).isEqualTo(TokenState.OPEN);
    assertThat(Certificates.fingerprint(stranger.trust().rootCertificate()))
        .isNotEqualTo(token.pin());
  }

  @Test
  void anUnreachableIssuerIsNamedWithWhatWasTried() {
    JoinToken token = east.invite();
    east.gateway().close();

    FederationException refusal = refused(west, token.text());

    assertThat(refusal.code()).isEqualTo("issuer-unreachable");
    assertThat(refusal).hasMessageContaining(east.gateway().address());
    assertThat(refusal.hint()).contains("The token is still unused");
  }

  @Test
  void aClusterOfAnotherMeshDomainIsRefusedBeforeAnythingIsSent() {
    TestCluster foreign =
        open(
            new TestCluster(
                new ClusterName("north", "other.internal"),
                new MemoryStateStore(),
                new TestGateway()));
    long before = east.gateway().connections();

    FederationException refusal = refused(foreign, east.invite().text());

    assertThat(refusal.code()).isEqualTo("mesh-domain-mismatch");
    assertThat(east.gateway().connections()).isEqualTo(before);
  }

  @Test
  void whoIsInAFederationDoesNotJoinAnother() throws Exception {
    west.join(east.invite());
    TestCluster north = open(new TestCluster("north"));

    assertThat(refused(west, north.invite().text()).code()).isEqualTo("already-a-member");
  }

  @Test
  void aNewcomerThroughAnyMemberIsKnownToAllAndTheHolderSigns() throws Exception {
    west.join(east.invite());
    awaitLive(west, "east");
    TestCluster north = open(new TestCluster("north"));
    north.export("stock.shop");

    JoinReport report = north.join(west.invite());

    assertThat(report.rootHolder()).isEqualTo("east");
    assertThat(report.members()).containsExactly("east", "north", "west");
    await()
        .atMost(SOON)
        .untilAsserted(() -> {
          assertThat(east.imports("north")).containsExactly("stock.shop");
          assertThat(west.imports("north")).containsExactly("stock.shop");
          assertThat(north.sees("east", PeerState.LIVE)).isTrue();
          assertThat(north.sees("west", PeerState.LIVE)).isTrue();
        });
  }

  @Test
  void withTheHolderAwayAJoinThroughAnotherMemberIsRefusedAndTheTokenIsKept() throws Exception {
    west.join(east.invite());
    awaitLive(west, "east");
    JoinToken token = west.invite();
    TestCluster north = open(new TestCluster("north"));
    east.gateway().freeze();
    west.gateway().freeze();
    await()
        .atMost(SOON)
        .until(() ->
            !west.federation().status(List.of()).members().isEmpty()
                && west.member("east").orElseThrow().detail().contains("silent"));
    west.gateway().thaw();

    FederationException refusal = refused(north, token.text());

    assertThat(refusal.code()).isEqualTo("root-holder-unreachable");
    assertThat(west.tokens().list().getFirst().state(Instant.now())).isEqualTo(TokenState.OPEN);
    assertThat(north.trust().root()).isPresent();
  }

  @Test
  void anIntermediateIsRenewedByTheHolderWithANewKeyAndTheLinkGoesOn() throws Exception {
    west.join(east.invite());
    awaitLive(west, "east");
    var before = west.trust().authority().intermediate();

    west.federation().renewIntermediate();

    var after = west.trust().authority().intermediate();
    assertThat(after.getPublicKey()).isNotEqualTo(before.getPublicKey());
    assertThat(west.trust().rootCertificate()).isEqualTo(east.trust().rootCertificate());
    west.export("late.shop");
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(east.imports("west")).containsExactly("late.shop"));
  }

  @Test
  void whoLeavesIsForgottenByAllAndCanComeBack() throws Exception {
    east.export("web.shop");
    west.export("payments.shop");
    west.join(east.invite());
    awaitLive(east, "west");
    awaitLive(west, "east");

    JoinReport left = west.federation().leave();

    assertThat(left.joined()).isFalse();
    assertThat(west.status().members()).isEmpty();
    assertThat(west.imports("east")).isEmpty();
    assertThat(west.trust().bundles().find(new TrustDomain("east.mesh.internal"))).isEmpty();
    await()
        .atMost(SOON)
        .untilAsserted(() -> {
          assertThat(east.status().members()).isEmpty();
          assertThat(east.imports("west")).isEmpty();
          assertThat(east.trust().bundles().find(new TrustDomain("west.mesh.internal"))).isEmpty();
        });

    west.join(east.invite());
    await()
        .atMost(SOON)
        .untilAsserted(() -> {
          assertThat(east.imports("west")).containsExactly("payments.shop");
          assertThat(west.imports("east")).containsExactly("web.shop");
        });
  }

  @Test
  void aLostAnswerDoesNotKeepTheNewcomerOut() throws Exception {
    JoinToken token = east.invite();
    // West asks, and its process ends before it has read the answer.
    Member self =
        new Member(
            west.trust().cluster(),
            west.trust().uuid(),
            List.of(west.gateway().address()),
            1,
            1,
            false);
    new Joiner(
            open(new TestCluster("west")).trust(),
            new GrpcPeerDialer(
                west.trust(),
                new PeerVerifier(),
                InstantSource.system(),
                open(new EventLoops()),
                Runnable::run),
            InstantSource.system(),
            _ -> false)
        .join(token.text(), self, List.of());
    assertThat(east.status().members()).hasSize(1);

    assertThat(west.join(east.invite()).joined()).isTrue();
    awaitLive(east, "west");
  }

  private static FederationException refused(TestCluster joiner, String token) {
    FederationException refusal =
        catchThrowableOfType(
            FederationException.class,
            () -> joiner.federation().join(new JoinRequest(token, false)));
    assertThat(refusal).as("refusal of %s", joiner.name()).isNotNull();
    return refusal;
  }

  private static void awaitLive(TestCluster cluster, String peer) {
    await().atMost(SOON).until(() -> cluster.sees(peer, PeerState.LIVE));
    assertThat(cluster.member(peer).map(FederationStatus.Member::state)).contains(PeerState.LIVE);
  }

  private <T extends AutoCloseable> T open(T closeable) {
    opened.add(closeable);
    return closeable;
  }

  private static Map<String, String> documents(MemoryStateStore store) {
    Map<String, String> documents = new TreeMap<>();
    for (StateKind kind : StateKind.values()) {
      for (StoredDocument document : store.list(kind)) {
        documents.put(kind + "/" + document.key(), document.text());
      }
    }
    return documents;
  }
}
