package dev.hawser.controlplane.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.hawser.api.admin.FederationStatus;
import dev.hawser.api.admin.JoinRequest;
import dev.hawser.api.model.PeerState;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.controlplane.state.MemoryStateStore;
import dev.hawser.trust.token.JoinToken;
import dev.hawser.trust.token.TokenKind;
import dev.hawser.trust.token.TokenState;
import dev.hawser.trust.x509.Certificates;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Joins that are refused, and what stays as it was. */
class JoinRefusalTest {
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
  void twoClustersWithoutAnyGatewayAreRefusedAndTheTokenIsKept() throws Exception {
    TestCluster north = open(TestCluster.withoutGateway("north"));
    TestCluster south = open(TestCluster.withoutGateway("south"));
    JoinToken token = north.invite();

    assertThat(refused(south, token.text()).code()).isEqualTo("no-gateway");
    assertThat(north.status().members()).isEmpty();

    west.join(token);
    awaitLive(north, "west");
    awaitLive(west, "north");
  }

  @Test
  void whoIsInAFederationDoesNotJoinAnother() throws Exception {
    west.join(east.invite());
    TestCluster north = open(new TestCluster("north"));

    assertThat(refused(west, north.invite().text()).code()).isEqualTo("already-a-member");
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
}
