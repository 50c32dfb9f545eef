package dev.hawser.controlplane.enroll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.api.naming.ClusterName;
import dev.hawser.controlplane.state.FileStateStore;
import dev.hawser.controlplane.state.MemoryStateStore;
import dev.hawser.controlplane.state.StateKind;
import dev.hawser.controlplane.state.StateStore;
import dev.hawser.controlplane.state.StateUnavailableException;
import dev.hawser.trust.authority.ClusterAuthority;
import dev.hawser.trust.authority.IntermediateRequest;
import dev.hawser.trust.authority.RevocationList;
import dev.hawser.trust.authority.RootAuthority;
import dev.hawser.trust.bundle.TrustBundle;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.verify.PeerVerifier;
import dev.hawser.trust.verify.Role;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrustStateTest {
  private static final ClusterName WEST = new ClusterName("west", "mesh.internal");
  private static final TrustDomain WEST_DOMAIN = new TrustDomain("west.mesh.internal");
  private static final TrustDomain EAST_DOMAIN = new TrustDomain("east.mesh.internal");

  private final StateStore store = new MemoryStateStore();
  private Instant now = Instant.parse("2026-11-24T12:00:00Z");
  private final InstantSource clock = () -> now;

  private TrustState open() {
    return TrustState.open(WEST, store, clock);
  }

  /** What a federation's root gives to a joiner. */
  private JoinedAuthority joined(RootAuthority root, String holder) {
    IntermediateRequest request = IntermediateRequest.create();
    return new JoinedAuthority(
        ClusterAuthority.of(
            WEST_DOMAIN, request.keys().getPrivate(), root.sign(WEST_DOMAIN, request.csr()), clock),
        holder);
  }

  private boolean trusts(TrustBundles bundles, Svid svid) {
    return new PeerVerifier().verify(svid.chain(), bundles, now, Role.CLIENT).trusted();
  }

  private static Svid workload(ClusterAuthority authority) {
    return authority.issueOwn(
        SpiffeId.workload(authority.trustDomain(), "shop", "web"), Duration.ofHours(24));
  }

  @Test
  void theFirstStartFoundsAFederationOfOneAndHoldsItsRoot() {
    TrustState trust = open();
    assertThat(trust.root()).isPresent();
    assertThat(trust.rootHolder()).isEqualTo("west");
    assertThat(trust.svid().id()).isEqualTo(SpiffeId.controlPlane(WEST_DOMAIN));
    assertThat(trusts(trust.bundles(), trust.svid())).isTrue();
    assertThat(trusts(trust.bundles(), workload(trust.authority()))).isTrue();
  }

  @Test
  void aRestartKeepsRootIntermediateUuidAndBundles() {
    TrustState first = open();
    RootAuthority east = RootAuthority.create("east", clock);
    first.putBundle(new TrustBundle(EAST_DOMAIN, List.of(east.certificate()), 3));
    first.revoke(Set.of(BigInteger.TEN));

    TrustState second = open();

    assertThat(second.uuid()).isEqualTo(first.uuid());
    assertThat(second.rootCertificate()).isEqualTo(first.rootCertificate());
    assertThat(second.authority().intermediate()).isEqualTo(first.authority().intermediate());
    assertThat(second.root()).isPresent();
    assertThat(second.bundles()).isEqualTo(first.bundles());
    assertThat(second.bundles().revokedIntermediates()).containsExactly(BigInteger.TEN);
  }

  @Test
  void aJoinBelievesBothRootsAndGivesUpTheOldKey() {
    TrustState trust = open();
    Svid before = workload(trust.authority());
    String oldRoot = TrustValue.digest(trust.rootCertificate());
    RootAuthority federation = RootAuthority.create("mesh.internal", clock);
    AtomicInteger told = new AtomicInteger();
    trust.onChange(told::incrementAndGet);

    trust.adopt(joined(federation, "east"));

    for (TrustState state : List.of(trust, open())) {
      assertThat(state.rootCertificate()).isEqualTo(federation.certificate());
      assertThat(state.rootHolder()).isEqualTo("east");
      assertThat(state.root()).isEmpty();
      TrustBundle own = state.bundles().find(WEST_DOMAIN).orElseThrow();
      assertThat(own.roots()).hasSize(2).first().isEqualTo(federation.certificate());
      assertThat(trusts(state.bundles(), before)).isTrue();
      assertThat(trusts(state.bundles(), workload(state.authority()))).isTrue();
      var under = state.presentedUnder(oldRoot).orElseThrow();
      assertThat(TrustValue.digest(under.root())).isEqualTo(oldRoot);
      assertThat(under.svid().id()).isEqualTo(SpiffeId.controlPlane(WEST_DOMAIN));
      assertThat(state.presentedUnder(TrustValue.digest(federation.certificate())))
          .contains(state.presented());
    }
    assertThat(told).hasValue(1);
    assertThat(store.get(StateKind.AUTHORITIES, "root")).isEmpty();
  }

  @Test
  void theOldRootIsForgottenWhenNothingUnderItCanBeAlive() {
    TrustState trust = open();
    Svid before = workload(trust.authority());
    RootAuthority federation = RootAuthority.create("mesh.internal", clock);
    trust.adopt(joined(federation, "east"));

    now = now.plus(Duration.ofDays(29));
    trust.tick();
    assertThat(trust.bundles().find(WEST_DOMAIN).orElseThrow().roots()).hasSize(2);
    now = now.plus(Duration.ofDays(1));
    trust.tick();
    assertThat(trust.bundles().find(WEST_DOMAIN).orElseThrow().roots()).hasSize(1);
    assertThat(trusts(trust.bundles(), before)).isFalse();
  }

  @Test
  void aNewIntermediateUnderTheSameRootRetiresNothing() {
    TrustState trust = open();
    Svid before = workload(trust.authority());
    trust.adopt(joined(trust.root().orElseThrow(), "west"));
    assertThat(trust.bundles().find(WEST_DOMAIN).orElseThrow().roots()).hasSize(1);
    assertThat(trust.root()).isPresent();
    assertThat(trusts(trust.bundles(), before)).isTrue();
  }

  @Test
  void ownIdentityAndIntermediateAreRenewedWhenDue() {
    TrustState trust = open();
    Svid first = trust.svid();
    trust.tick();
    assertThat(trust.svid()).isEqualTo(first);
    now = now.plus(Duration.ofHours(18));
    trust.tick();
    assertThat(trust.svid().leaf()).isNotEqualTo(first.leaf());

    var intermediate = trust.authority().intermediate();
    now = now.plus(Duration.ofDays(250));
    trust.tick();
    assertThat(trust.authority().intermediate()).isNotEqualTo(intermediate);
    assertThat(trusts(trust.bundles(), trust.svid())).isTrue();
  }

  @Test
  void aRenewedIntermediateSignsWhatIsNewAndTheOldOneStaysValidUntilItIsRevoked() {
    TrustState trust = open();
    Svid before = workload(trust.authority());
    var old = trust.authority().intermediate();

    trust.renewIntermediate();

    Svid after = workload(trust.authority());
    assertThat(trust.authority().intermediate()).isNotEqualTo(old);
    assertThat(trust.svid().chain().getLast()).isEqualTo(trust.authority().intermediate());
    assertThat(trust.intermediates())
        .extracting(SignedIntermediate::serial)
        .contains(old.getSerialNumber(), trust.authority().intermediate().getSerialNumber());
    assertThat(trusts(trust.bundles(), before)).isTrue();
    assertThat(trusts(trust.bundles(), after)).isTrue();

    trust.revoke(Set.of(old.getSerialNumber()));

    for (TrustState state : List.of(trust, open())) {
      assertThat(trusts(state.bundles(), before)).isFalse();
      assertThat(trusts(state.bundles(), after)).isTrue();
      RevocationList list = state.revocationList().orElseThrow();
      assertThat(list.verify(List.of(state.rootCertificate())).serials())
          .containsExactly(old.getSerialNumber());
      assertThat(list.isStale(now.plus(Duration.ofDays(3000)))).isFalse();
    }
  }

  @Test
  void aMemberTakesTheRootsListOnceAndNoStrangers() {
    RootAuthority federation = RootAuthority.create("mesh.internal", clock);
    TrustState trust = open();
    trust.adopt(joined(federation, "east"));
    AtomicInteger told = new AtomicInteger();
    trust.onChange(told::incrementAndGet);
    RevocationList first = federation.revoke(List.of(BigInteger.ONE), 5, Duration.ofDays(1));
    RevocationList second = federation.revoke(List.of(BigInteger.TWO), 6, Duration.ofDays(1));

    trust.take(second);
    trust.take(first);
    trust.take(second);

    assertThat(told).hasValue(1);
    assertThat(trust.bundles().revokedIntermediates()).containsExactly(BigInteger.TWO);
    assertThat(open().revocationList().orElseThrow().number()).isEqualTo(6);
    RevocationList strange =
        RootAuthority.create("mesh.internal", clock)
            .revoke(List.of(BigInteger.TEN), 99, Duration.ofDays(1));
    assertThatThrownBy(() -> trust.take(strange)).hasMessageContaining("revocation list");
    assertThat(trust.bundles().revokedIntermediates()).doesNotContain(BigInteger.TEN);
  }

  @Test
  void aListOfTheRootThatWasLeftIsNotPassedOnButWhatItRevokedStaysRevoked() {
    TrustState trust = open();
    trust.revoke(Set.of(BigInteger.TEN));
    assertThat(trust.revocationList()).isPresent();

    trust.adopt(joined(RootAuthority.create("mesh.internal", clock), "east"));

    assertThat(trust.revocationList()).isEmpty();
    assertThat(trust.bundles().revokedIntermediates()).containsExactly(BigInteger.TEN);
  }

  @Test
  void nobodyGetsIntermediatesWithoutEnd() {
    TrustState trust = open();
    while (trust.signingObjection(EAST_DOMAIN).isEmpty()) {
      trust.signIntermediate(EAST_DOMAIN, IntermediateRequest.create().csr());
    }
    assertThat(trust.intermediates().stream().filter(i -> i.trustDomain().equals(EAST_DOMAIN)))
        .hasSize(IntermediateBook.PER_HOUR);
    assertThat(trust.signingObjection(WEST_DOMAIN)).isEmpty();
    now = now.plus(Duration.ofHours(1));
    assertThat(open().signingObjection(EAST_DOMAIN)).isEmpty();
  }

  @Test
  void anOlderBundleIsIgnoredAndTheOwnIsNotForeign() {
    TrustState trust = open();
    RootAuthority one = RootAuthority.create("one", clock);
    RootAuthority two = RootAuthority.create("two", clock);
    trust.putBundle(new TrustBundle(EAST_DOMAIN, List.of(one.certificate()), 5));
    trust.putBundle(new TrustBundle(EAST_DOMAIN, List.of(two.certificate()), 4));
    assertThat(trust.bundles().find(EAST_DOMAIN).orElseThrow().roots())
        .containsExactly(one.certificate());
    trust.removeBundle(EAST_DOMAIN);
    assertThat(open().bundles().find(EAST_DOMAIN)).isEmpty();
    assertThatThrownBy(
            () -> trust.putBundle(new TrustBundle(WEST_DOMAIN, List.of(two.certificate()), 9)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("west.mesh.internal");
  }

  @Test
  void afterALeaveTheClusterHoldsARootOfItsOwnAgain() {
    TrustState trust = open();
    RootAuthority federation = RootAuthority.create("mesh.internal", clock);
    trust.adopt(joined(federation, "east"));
    Svid member = workload(trust.authority());
    trust.foundAnew();
    assertThat(trust.root()).isPresent();
    assertThat(trust.rootHolder()).isEqualTo("west");
    assertThat(open().root()).isPresent();
    assertThat(trusts(trust.bundles(), member)).isTrue();
  }

  @Test
  void aStateOfAnotherClusterIsRefused() {
    open();
    assertThatThrownBy(
            () -> TrustState.open(new ClusterName("east", "mesh.internal"), store, clock))
        .isInstanceOf(StateUnavailableException.class)
        .hasMessageContaining("belongs to cluster west.mesh.internal");
  }

  @Test
  void aDamagedAuthorityStopsTheStartInsteadOfFoundingANewOne(@TempDir Path folder)
      throws IOException {
    try (FileStateStore files = new FileStateStore(folder)) {
      TrustState.open(WEST, files, clock);
    }
    Path file = folder.resolve("authorities/authority");
    Files.writeString(file, "not it");
    try (FileStateStore files = new FileStateStore(folder)) {
      assertThatThrownBy(() -> TrustState.open(WEST, files, clock))
          .isInstanceOf(StateUnavailableException.class)
          .hasMessageContaining("authority is damaged")
          .hasMessageContaining("authorities~");
    }
    try (Stream<Path> left = Files.list(folder.resolve("damaged"))) {
      assertThat(left).hasSize(1);
    }
  }
}
