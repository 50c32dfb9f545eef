package dev.hawser.trust.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.trust.bundle.TrustBundle;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.testing.BadChain;
import dev.hawser.trust.testing.Forgery.Forged;
import dev.hawser.trust.testing.TestAuthority;
import dev.hawser.trust.x509.NameConstraint;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WrongChainTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final TestAuthority FEDERATION = TestAuthority.create(InstantSource.fixed(NOW));
  private static final TrustBundles BUNDLES = FEDERATION.bundles("east", "west");
  private static final SpiffeId ORDERS = BadChain.VICTIM;

  private final PeerVerifier verifier = new PeerVerifier();

  @ParameterizedTest
  @EnumSource(BadChain.class)
  void wrongChainIsRefusedForItsReasonInBothRoles(BadChain bad) {
    List<X509Certificate> chain = bad.make(FEDERATION).chain();
    for (Role role : Role.values()) {
      Verdict verdict = verifier.verify(chain, BUNDLES, NOW, role);
      assertThat(verdict).isInstanceOf(Verdict.Refused.class);
      Verdict.Refused refused = (Verdict.Refused) verdict;
      assertThat(refused.reason()).as(refused.toString()).isEqualTo(bad.reason());
      assertThat(refused.detail()).isNotBlank();
    }
  }

  @Test
  void everyChainRuleHasACase() {
    Set<Reason> outsideOfTheTable =
        Set.of(
            // Judged below, by other bundles or other bytes.
            Reason.NO_CERTIFICATE,
            Reason.MALFORMED_CERTIFICATE,
            Reason.ISSUER_REVOKED,
            Reason.ROOT_NOT_AUTHORITY,
            Reason.ROOT_CONSTRAINED,
            // Judged by the trust managers.
            Reason.UNEXPECTED_PEER,
            Reason.PIN_MISMATCH);
    List<Reason> missing = new ArrayList<>(List.of(Reason.values()));
    missing.removeAll(outsideOfTheTable);
    for (BadChain bad : BadChain.values()) {
      missing.remove(bad.reason());
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void issuedChainIsTrustedWithAndWithoutItsRoot() {
    Svid svid = FEDERATION.svid(ORDERS);
    List<X509Certificate> withRoot = List.of(svid.chainWith(FEDERATION.root().certificate()));
    for (Role role : Role.values()) {
      assertThat(verifier.verify(svid.chain(), BUNDLES, NOW, role))
          .isEqualTo(new Verdict.Trusted(ORDERS));
      assertThat(verifier.verify(withRoot, BUNDLES, NOW, role).id()).contains(ORDERS);
    }
  }

  @Test
  void unchangedForgeryIsTrustedSoThatEachCaseIsWrongInOneWayOnly() {
    Forged forged = FEDERATION.forge(ORDERS.toString()).make();
    assertThat(verifier.verify(forged.chain(), BUNDLES, NOW, Role.CLIENT).trusted()).isTrue();
  }

  @Test
  void emptyChainIsRefused() {
    assertRefused(List.of(), BUNDLES, Reason.NO_CERTIFICATE);
  }

  @Test
  void identityMadeWithAnotherClustersIntermediateIsRefused() {
    Svid west = FEDERATION.svid("spiffe://west.mesh.internal/ns/shop/sa/orders");
    Forged stolen =
        FEDERATION
            .forge(ORDERS.toString())
            .intermediate(spec ->
                spec.nameConstraints(NameConstraint.only(TestAuthority.trustDomain("west"))))
            .make();
    assertRefused(stolen.chain(), BUNDLES, Reason.ISSUER_CONSTRAINED_ELSEWHERE);
    assertRefused(
        List.of(stolen.chain().getFirst(), west.chain().getLast()), BUNDLES, Reason.CHAIN_BROKEN);
  }

  @Test
  void rootOfAnotherTrustDomainsBundleDoesNotCount() {
    TestAuthority other = TestAuthority.create(InstantSource.fixed(NOW));
    TrustBundles separate =
        TrustBundles.of(FEDERATION.cluster("west").bundle(1), other.cluster("east").bundle(1));
    assertRefused(FEDERATION.svid(ORDERS).chain(), separate, Reason.UNKNOWN_ROOT);
    assertThat(verifier.verify(other.svid(ORDERS).chain(), separate, NOW, Role.CLIENT).trusted())
        .isTrue();
  }

  @Test
  void trustDomainThatLeftIsRefused() {
    Svid svid = FEDERATION.svid(ORDERS);
    assertThat(verifier.verify(svid.chain(), BUNDLES, NOW, Role.CLIENT).trusted()).isTrue();
    assertRefused(svid.chain(), BUNDLES.without(ORDERS.trustDomain()), Reason.UNKNOWN_TRUST_DOMAIN);
  }

  @Test
  void revokedIntermediateIsRefusedAtOnceThoughItsChainWasProvedBefore() {
    Svid svid = FEDERATION.svid(ORDERS);
    assertThat(verifier.verify(svid.chain(), BUNDLES, NOW, Role.CLIENT).trusted()).isTrue();
    BigInteger serial = svid.chain().getLast().getSerialNumber();
    assertRefused(svid.chain(), BUNDLES.withRevoked(Set.of(serial)), Reason.ISSUER_REVOKED);
    assertThat(
            verifier
                .verify(svid.chain(), BUNDLES.withRevoked(Set.of(BigInteger.TWO)), NOW, Role.CLIENT)
                .trusted())
        .isTrue();
  }

  @Test
  void chainProvedBeforeStillExpires() {
    Svid svid = FEDERATION.svid(ORDERS);
    assertThat(verifier.verify(svid.chain(), BUNDLES, NOW, Role.CLIENT).trusted()).isTrue();
    Instant later = svid.notAfter().plusSeconds(1);
    assertThat(verifier.verify(svid.chain(), BUNDLES, later, Role.CLIENT))
        .isInstanceOfSatisfying(
            Verdict.Refused.class, r -> assertThat(r.reason()).isEqualTo(Reason.EXPIRED));
    assertThat(verifier.verify(svid.chain(), BUNDLES, svid.notAfter(), Role.CLIENT).trusted())
        .isTrue();
  }

  @Test
  void clockThatIsTenMinutesLateIsForgivenAndNoMore() {
    Svid svid = FEDERATION.svid(ORDERS);
    Instant late = NOW.minus(Duration.ofMinutes(10));
    assertThat(verifier.verify(svid.chain(), BUNDLES, late, Role.CLIENT).trusted()).isTrue();
    assertThat(verifier.verify(svid.chain(), BUNDLES, late.minusSeconds(1), Role.CLIENT))
        .isInstanceOfSatisfying(
            Verdict.Refused.class, r -> assertThat(r.reason()).isEqualTo(Reason.NOT_YET_VALID));
  }

  @Test
  void purposeIsJudgedByTheRole() {
    Forged clientOnly =
        FEDERATION
            .forge(ORDERS.toString())
            .leaf(spec -> spec.purposes(KeyPurposeId.id_kp_clientAuth))
            .make();
    assertThat(verifier.verify(clientOnly.chain(), BUNDLES, NOW, Role.CLIENT).trusted()).isTrue();
    assertThat(verifier.verify(clientOnly.chain(), BUNDLES, NOW, Role.SERVER))
        .isInstanceOfSatisfying(
            Verdict.Refused.class, r -> assertThat(r.reason()).isEqualTo(Reason.LEAF_PURPOSE));
  }

  @Test
  void oldAndNewRootServeSideBySideDuringARotation() {
    TestAuthority next = TestAuthority.create(InstantSource.fixed(NOW));
    TrustBundle both =
        new TrustBundle(
            ORDERS.trustDomain(),
            List.of(next.root().certificate(), FEDERATION.root().certificate()),
            2);
    TrustBundles rotating = BUNDLES.with(both);
    assertThat(
            verifier.verify(FEDERATION.svid(ORDERS).chain(), rotating, NOW, Role.SERVER).trusted())
        .isTrue();
    assertThat(verifier.verify(next.svid(ORDERS).chain(), rotating, NOW, Role.SERVER).trusted())
        .isTrue();
  }

  @Test
  void rootThatIsNoAuthorityIsRefused() {
    // The leaf itself as the trust anchor, and an intermediate that bears its name.
    Svid svid = FEDERATION.svid(ORDERS);
    X509Certificate intermediate = FEDERATION.cluster("east").intermediate();
    TrustBundles anchoredOnIntermediate =
        TrustBundles.of(new TrustBundle(ORDERS.trustDomain(), List.of(intermediate), 1));
    assertRefused(svid.chain(), anchoredOnIntermediate, Reason.ISSUED_BY_ROOT);
    assertThat(RootCases.refusalOf(intermediate, ORDERS.trustDomain()))
        .isEqualTo(Reason.ROOT_NOT_AUTHORITY);
    assertThat(RootCases.refusalOf(svid.leaf(), ORDERS.trustDomain()))
        .isEqualTo(Reason.ROOT_NOT_AUTHORITY);
  }

  @Test
  void nameConstraintOfTheRootItselfIsEnforced() {
    X509Certificate westOnly = RootCases.constrainedRoot(TestAuthority.trustDomain("west"), NOW);
    assertThat(RootCases.refusalOf(westOnly, TestAuthority.trustDomain("east")))
        .isEqualTo(Reason.ROOT_CONSTRAINED);
    assertThat(RootCases.refusalOf(westOnly, TestAuthority.trustDomain("west"))).isNull();
  }

  private void assertRefused(List<X509Certificate> chain, TrustBundles bundles, Reason reason) {
    assertThat(verifier.verify(chain, bundles, NOW, Role.CLIENT))
        .isInstanceOfSatisfying(
            Verdict.Refused.class,
            refused -> assertThat(refused.reason()).as(refused.toString()).isEqualTo(reason));
  }
}
