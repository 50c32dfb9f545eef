package dev.hawser.trust.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.svid.KeyMaterial;
import dev.hawser.trust.x509.CertificateFormatException;
import dev.hawser.trust.x509.NameConstraint;
import dev.hawser.trust.x509.NameConstraint.Subtree;
import dev.hawser.trust.x509.NameKind;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RootAuthorityTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00.123Z");
  private static final TrustDomain EAST = new TrustDomain("east.mesh.internal");

  private final RootAuthority root =
      RootAuthority.create("mesh.internal", InstantSource.fixed(NOW));

  @Test
  void rootLivesTenYearsAndMaySignIntermediatesOnly() {
    X509Certificate certificate = root.certificate();
    assertThat(certificate.getBasicConstraints()).isEqualTo(1);
    assertThat(certificate.getCriticalExtensionOIDs())
        .containsExactlyInAnyOrder("2.5.29.15", "2.5.29.19");
    assertThat(certificate.getKeyUsage())
        .containsExactly(false, false, false, false, false, true, true, false, false);
    assertThat(Duration.between(NOW, certificate.getNotAfter().toInstant()))
        .isBetween(Duration.ofDays(3649), Duration.ofDays(3650));
    assertThat(certificate.getNotBefore().toInstant())
        .isEqualTo(Instant.parse("2026-11-24T11:55:00Z"));
  }

  @Test
  void intermediateIsConstrainedToItsTrustDomainCritically() {
    X509Certificate intermediate = sign(EAST);
    assertThat(intermediate.getBasicConstraints()).isZero();
    assertThat(intermediate.getCriticalExtensionOIDs())
        .containsExactlyInAnyOrder("2.5.29.15", "2.5.29.19", "2.5.29.30");
    NameConstraint constraint = NameConstraint.of(intermediate).orElseThrow();
    assertThat(constraint.permitted())
        .containsExactly(new Subtree(NameKind.URI, "east.mesh.internal", true));
    assertThat(constraint.excluded())
        .extracting(Subtree::kind)
        .containsExactly(NameKind.DNS, NameKind.IP, NameKind.IP);
    assertThat(Duration.between(NOW, intermediate.getNotAfter().toInstant()))
        .isBetween(Duration.ofDays(364), Duration.ofDays(365));
  }

  @Test
  void requestDecidesNothingButTheKey() {
    X509Certificate intermediate =
        root.sign(EAST, Requests.greedy(KeyMaterial.generate())).getFirst();
    assertThat(intermediate.getSubjectX500Principal().getName())
        .startsWith("CN=east.mesh.internal ")
        .doesNotContain("mallory");
    assertThat(NameConstraint.of(intermediate).orElseThrow().permitted()).hasSize(1);
    assertThat(intermediate.getBasicConstraints()).isZero();
  }

  @Test
  void serialNumbersAreRandomAndLong() {
    Set<BigInteger> serials = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      BigInteger serial = sign(EAST).getSerialNumber();
      assertThat(serial.bitLength()).isBetween(129, 159);
      serials.add(serial);
    }
    assertThat(serials).hasSize(20);
  }

  @Test
  void intermediateNeverOutlivesTheRoot() {
    Instant nearTheEnd = NOW.plus(RootAuthority.LIFE).minus(Duration.ofDays(30));
    RootAuthority old =
        RootAuthority.fromPem(
            root.certificatePem(), root.privateKeyPem(), InstantSource.fixed(nearTheEnd));
    X509Certificate intermediate = old.sign(EAST, IntermediateRequest.create().csr()).getFirst();
    assertThat(intermediate.getNotAfter()).isEqualTo(root.certificate().getNotAfter());
    RootAuthority ended =
        RootAuthority.fromPem(
            root.certificatePem(),
            root.privateKeyPem(),
            InstantSource.fixed(NOW.plus(RootAuthority.LIFE)));
    assertThatIllegalStateException()
        .isThrownBy(() -> ended.sign(EAST, IntermediateRequest.create().csr()))
        .withMessageContaining("ended at");
  }

  @Test
  void rootIsReadBackFromItsPem() {
    RootAuthority read =
        RootAuthority.fromPem(
            root.certificatePem(), root.privateKeyPem(), InstantSource.fixed(NOW));
    assertThat(read.certificate()).isEqualTo(root.certificate());
    assertThat(read.pin()).isEqualTo(root.pin()).hasSize(64);
  }

  @Test
  void keyOfAnotherRootIsRefused() {
    RootAuthority other = RootAuthority.create("mesh.internal", InstantSource.fixed(NOW));
    assertThatExceptionOfType(CertificateFormatException.class)
        .isThrownBy(() ->
            RootAuthority.fromPem(
                root.certificatePem(), other.privateKeyPem(), InstantSource.fixed(NOW)))
        .withMessageContaining("private key is not that of");
  }

  @Test
  void intermediateIsNoRoot() {
    IntermediateRequest request = IntermediateRequest.create();
    X509Certificate intermediate = root.sign(EAST, request.csr()).getFirst();
    assertThatExceptionOfType(CertificateFormatException.class)
        .isThrownBy(() ->
            RootAuthority.of(intermediate, request.keys().getPrivate(), InstantSource.fixed(NOW)))
        .withMessageContaining("may not sign intermediates");
  }

  @Test
  void rootDoesNotCertifyItsOwnKeyAgain() {
    assertThatExceptionOfType(IssuanceRefusedException.class)
        .isThrownBy(() -> root.sign(EAST, Requests.of(root)))
        .withMessageContaining("root's own");
  }

  @Test
  void unprintableNameIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RootAuthority.create("", InstantSource.system()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RootAuthority.create("a\nb", InstantSource.system()));
  }

  @Test
  void revocationListIsReadBackAndVerified() {
    X509Certificate stolen = sign(EAST);
    RevocationList list = root.revoke(List.of(stolen.getSerialNumber()), 7, Duration.ofDays(1));
    for (byte[] form : List.of(list.der(), list.toPem().getBytes(StandardCharsets.US_ASCII))) {
      RevocationList read = RevocationList.parse(form).verify(List.of(root.certificate()));
      assertThat(read.serials()).containsExactly(stolen.getSerialNumber());
      assertThat(read.number()).isEqualTo(7);
    }
    assertThat(list.isStale(NOW)).isFalse();
    assertThat(list.isStale(NOW.plus(Duration.ofDays(2)))).isTrue();
    assertThat(root.revoke(List.of(), 8, Duration.ofDays(1)).supersedes(list)).isTrue();
    assertThat(list.supersedes(list)).isFalse();
  }

  @Test
  void revocationListOfAnotherRootIsRefused() {
    RootAuthority other = RootAuthority.create("mesh.internal", InstantSource.fixed(NOW));
    RevocationList list = other.revoke(List.of(BigInteger.TEN), 1, Duration.ofDays(1));
    assertThatExceptionOfType(CertificateFormatException.class)
        .isThrownBy(() -> list.verify(List.of(root.certificate())))
        .withMessageContaining("expected: signed by one of 1 roots");
  }

  @Test
  void alteredRevocationListIsRefused() {
    byte[] der = root.revoke(List.of(BigInteger.TEN), 1, Duration.ofDays(1)).der();
    der[der.length - 1] ^= 1;
    RevocationList altered = RevocationList.parse(der);
    assertThatExceptionOfType(CertificateFormatException.class)
        .isThrownBy(() -> altered.verify(List.of(root.certificate())));
    assertThatExceptionOfType(CertificateFormatException.class)
        .isThrownBy(() -> RevocationList.parse(new byte[] {0x30, 0x01}));
    assertThatExceptionOfType(CertificateFormatException.class)
        .isThrownBy(() -> RevocationList.parse(new byte[0]));
  }

  @Test
  void revocationListIsBounded() {
    List<BigInteger> many = IntStream.range(1, 20_000).mapToObj(BigInteger::valueOf).toList();
    assertThatExceptionOfType(CertificateFormatException.class)
        .isThrownBy(() -> root.revoke(many, 1, Duration.ofDays(1)))
        .withMessageContaining("expected: 1-131072");
    RevocationList large = root.revoke(many.subList(0, 2000), 1, Duration.ofDays(1));
    byte[] pem = large.toPem().getBytes(StandardCharsets.US_ASCII);
    assertThat(RevocationList.parse(pem).serials()).hasSize(2000);
  }

  private X509Certificate sign(TrustDomain trustDomain) {
    return root.sign(trustDomain, IntermediateRequest.create().csr()).getFirst();
  }
}
