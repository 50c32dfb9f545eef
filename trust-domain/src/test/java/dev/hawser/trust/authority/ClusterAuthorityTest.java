package dev.hawser.trust.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.svid.CertificateRequests;
import dev.hawser.trust.svid.KeyMaterial;
import dev.hawser.trust.testing.BadChain;
import dev.hawser.trust.testing.TestAuthority;
import dev.hawser.trust.x509.CertificateFormatException;
import dev.hawser.trust.x509.SubjectAltNames;
import java.security.KeyPair;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClusterAuthorityTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final TestAuthority FEDERATION = TestAuthority.create(InstantSource.fixed(NOW));
  private static final SpiffeId ORDERS = BadChain.VICTIM;

  private final ClusterAuthority east = FEDERATION.cluster("east");
  private final KeyPair keys = KeyMaterial.generate();
  private final byte[] request = CertificateRequests.create(keys);

  @Test
  void leafHasOneCriticalUriAndLivesADay() throws Exception {
    List<X509Certificate> chain = east.issue(ORDERS, request);
    X509Certificate leaf = chain.getFirst();
    assertThat(chain).containsExactly(leaf, east.intermediate());
    assertThat(leaf.getSubjectX500Principal().getName()).isEmpty();
    assertThat(SubjectAltNames.of(leaf))
        .isEqualTo(new SubjectAltNames(List.of(ORDERS.toString()), List.of()));
    assertThat(leaf.getCriticalExtensionOIDs())
        .containsExactlyInAnyOrder("2.5.29.15", "2.5.29.17", "2.5.29.19");
    assertThat(leaf.getExtendedKeyUsage())
        .containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    assertThat(leaf.getKeyUsage())
        .containsExactly(true, false, false, false, false, false, false, false, false);
    assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
    assertThat(leaf.getPublicKey()).isEqualTo(keys.getPublic());
    assertThat(leaf.getNotBefore().toInstant()).isEqualTo(NOW.minus(Duration.ofMinutes(5)));
    assertThat(leaf.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofHours(24)));
    assertThat(leaf.getSigAlgName()).isEqualTo("SHA256withECDSA");
  }

  @Test
  void requestDecidesNothingButTheKey() {
    X509Certificate leaf = east.issue(ORDERS, Requests.greedy(keys)).getFirst();
    assertThat(SubjectAltNames.of(leaf).uris()).containsExactly(ORDERS.toString());
    assertThat(SubjectAltNames.of(leaf).others()).isEmpty();
    assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
    assertThat(leaf.getSubjectX500Principal().getName()).isEmpty();
    assertThat(leaf.getPublicKey()).isEqualTo(keys.getPublic());
  }

  @Test
  void idOfAnotherTrustDomainIsRefused() {
    for (String id :
        List.of(
            "spiffe://west.mesh.internal/ns/shop/sa/orders",
            "spiffe://a.east.mesh.internal/ns/shop/sa/orders",
            "spiffe://mesh.internal/ns/shop/sa/orders")) {
      assertThatExceptionOfType(IssuanceRefusedException.class)
          .isThrownBy(() -> east.issue(SpiffeId.parse(id), request))
          .withMessageContaining(id)
          .withMessageContaining("expected: one in east.mesh.internal");
    }
  }

  @Test
  void trustDomainItselfIsNobodysId() {
    assertThatExceptionOfType(IssuanceRefusedException.class)
        .isThrownBy(() -> east.issue(SpiffeId.parse("spiffe://east.mesh.internal"), request));
  }

  @Test
  void requestWithoutPossessionOfTheKeyIsRefused() {
    assertThatExceptionOfType(IssuanceRefusedException.class)
        .isThrownBy(() -> east.issue(ORDERS, Requests.withoutPossession(keys)))
        .withMessageContaining("possession");
  }

  @Test
  void otherKeysThanP256AreRefused() {
    for (String curve : List.of("secp384r1", "secp521r1")) {
      KeyPair other = Requests.curve(curve);
      byte[] csr = Requests.signed(other, other.getPrivate(), "SHA256withECDSA");
      assertThatExceptionOfType(IssuanceRefusedException.class)
          .isThrownBy(() -> east.issue(ORDERS, csr))
          .withMessageContaining("P-256");
    }
    KeyPair rsa = Requests.rsa();
    byte[] csr = Requests.signed(rsa, rsa.getPrivate(), "SHA256withRSA");
    assertThatExceptionOfType(IssuanceRefusedException.class)
        .isThrownBy(() -> east.issue(ORDERS, csr));
  }

  @Test
  void requestSignedWithSha1IsRefused() {
    byte[] csr = Requests.signed(keys, keys.getPrivate(), "SHA1withECDSA");
    assertThatExceptionOfType(IssuanceRefusedException.class)
        .isThrownBy(() -> east.issue(ORDERS, csr))
        .withMessageContaining("SHA-256");
  }

  @Test
  void everyTruncatedAndEveryFlippedRequestIsRefused() {
    for (int length = 0; length < request.length; length++) {
      byte[] prefix = Arrays.copyOf(request, length);
      assertThatExceptionOfType(IssuanceRefusedException.class)
          .as("prefix of %d", length)
          .isThrownBy(() -> east.issue(ORDERS, prefix));
    }
    for (int i = 0; i < request.length; i++) {
      byte[] flipped = request.clone();
      flipped[i] ^= 0x41;
      assertThatExceptionOfType(IssuanceRefusedException.class)
          .as("octet %d flipped", i)
          .isThrownBy(() -> east.issue(ORDERS, flipped));
    }
    byte[] longer = Arrays.copyOf(request, request.length + 1);
    assertThatExceptionOfType(IssuanceRefusedException.class)
        .isThrownBy(() -> east.issue(ORDERS, longer));
    assertThatExceptionOfType(IssuanceRefusedException.class)
        .isThrownBy(() -> east.issue(ORDERS, new byte[9000]))
        .withMessageContaining("9000");
  }

  @Test
  void keyOfTheAuthorityIsNeverAWorkloads() {
    KeyPair own =
        new KeyPair(
            east.intermediate().getPublicKey(),
            KeyMaterial.privateKeyFromPem(east.privateKeyPem()));
    assertThatExceptionOfType(IssuanceRefusedException.class)
        .isThrownBy(() -> east.issue(ORDERS, CertificateRequests.create(own)))
        .withMessageContaining("authority's own");
  }

  @Test
  void lifeIsBounded() {
    for (Duration ttl :
        List.of(Duration.ofDays(30).plusSeconds(1), Duration.ZERO, Duration.ofSeconds(-1))) {
      assertThatExceptionOfType(IssuanceRefusedException.class)
          .isThrownBy(() -> east.issue(ORDERS, request, ttl))
          .withMessageContaining("expected: PT10S to PT720H");
    }
    assertThat(east.issue(ORDERS, request, ClusterAuthority.MAX_TTL)).hasSize(2);
  }

  @Test
  void leafNeverOutlivesItsIntermediate() {
    Instant end = east.intermediate().getNotAfter().toInstant();
    ClusterAuthority late = reopened(end.minus(Duration.ofHours(1)));
    assertThat(late.issue(ORDERS, request).getFirst().getNotAfter().toInstant()).isEqualTo(end);
  }

  @Test
  void endedIntermediateSignsNothing() {
    Instant end = east.intermediate().getNotAfter().toInstant();
    MovingClock clock = new MovingClock(end.minusSeconds(60));
    ClusterAuthority ending =
        ClusterAuthority.fromPem(east.trustDomain(), east.privateKeyPem(), east.chainPem(), clock);
    clock.now = end;
    assertThatIllegalStateException()
        .isThrownBy(() -> ending.issue(ORDERS, request))
        .withMessageContaining("signs no more");
  }

  @Test
  void authorityIsReadBackFromItsPem() {
    ClusterAuthority read = reopened(NOW);
    assertThat(read.chain()).isEqualTo(east.chain());
    assertThat(read.bundle(3).roots()).containsExactly(FEDERATION.root().certificate());
  }

  @Test
  void intermediateThatVerifiersWouldRefuseIsNotTaken() {
    IntermediateRequest own = IntermediateRequest.create();
    List<X509Certificate> west =
        FEDERATION.root().sign(new TrustDomain("west.mesh.internal"), own.csr());
    assertThatExceptionOfType(CertificateFormatException.class)
        .isThrownBy(() ->
            ClusterAuthority.of(
                east.trustDomain(), own.keys().getPrivate(), west, InstantSource.fixed(NOW)))
        .withMessageContaining("ISSUER_CONSTRAINED_ELSEWHERE");
    X509Certificate unconstrained =
        BadChain.UNCONSTRAINED_INTERMEDIATE.make(FEDERATION).chain().get(1);
    assertThatExceptionOfType(CertificateFormatException.class)
        .isThrownBy(() ->
            ClusterAuthority.of(
                east.trustDomain(),
                own.keys().getPrivate(),
                List.of(unconstrained, FEDERATION.root().certificate()),
                InstantSource.fixed(NOW)))
        .withMessageContaining("ISSUER_UNCONSTRAINED");
  }

  @Test
  void keyOfAnotherIntermediateIsNotTaken() {
    assertThatExceptionOfType(CertificateFormatException.class)
        .isThrownBy(() ->
            ClusterAuthority.of(
                east.trustDomain(), keys.getPrivate(), east.chain(), InstantSource.fixed(NOW)))
        .withMessageContaining("private key is not the intermediate's");
  }

  @Test
  void jdkPathValidationAcceptsWhatWeIssueAndRefusesAForeignName() throws Exception {
    validate(east.issue(ORDERS, request));
    List<X509Certificate> foreign = BadChain.FOREIGN_CONSTRAINT.make(FEDERATION).chain();
    assertThatExceptionOfType(CertPathValidatorException.class).isThrownBy(() -> validate(foreign));
  }

  private static void validate(List<X509Certificate> chain) throws Exception {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    CertPath path = factory.generateCertPath(chain);
    PKIXParameters parameters =
        new PKIXParameters(Set.of(new TrustAnchor(FEDERATION.root().certificate(), null)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(NOW));
    CertPathValidator.getInstance("PKIX").validate(path, parameters);
  }

  private ClusterAuthority reopened(Instant at) {
    return ClusterAuthority.fromPem(
        east.trustDomain(), east.privateKeyPem(), east.chainPem(), InstantSource.fixed(at));
  }

  private static final class MovingClock implements InstantSource {
    private Instant now;

    MovingClock(Instant now) {
      this.now = now;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
