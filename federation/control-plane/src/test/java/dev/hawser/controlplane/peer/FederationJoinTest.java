package dev.hawser.controlplane.peer;

import static org.assertj.core.api.Assertions.assertThat;
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
import dev.hawser.trust.token.TokenState;
import dev.hawser.trust.verify.PeerVerifier;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
