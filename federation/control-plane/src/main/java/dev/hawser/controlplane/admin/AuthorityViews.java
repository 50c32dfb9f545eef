package dev.hawser.controlplane.admin;

import dev.hawser.api.admin.AuthorityStatus;
import dev.hawser.api.admin.AuthorityStatus.Certificate;
import dev.hawser.controlplane.enroll.SignedIntermediate;
import dev.hawser.controlplane.enroll.TrustState;
import dev.hawser.trust.x509.Certificates;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** From the cluster's trust to what the administration shows of it: no key is in here. */
final class AuthorityViews {
  private static final String CURRENT = "CURRENT";
  private static final String VALID = "VALID";
  private static final String REVOKED = "REVOKED";

  private AuthorityViews() {}

  static AuthorityStatus of(TrustState trust, Instant now) {
    X509Certificate intermediate = trust.authority().intermediate();
    List<Certificate> others =
        trust.intermediates().stream()
            .filter(known -> !known.serial().equals(intermediate.getSerialNumber()))
            .map(known -> other(known, trust.bundles().revokedIntermediates(), now))
            .toList();
    return new AuthorityStatus(
        trust.cluster().name(),
        trust.trustDomain().name(),
        trust.rootHolder(),
        current("", trust.rootCertificate(), now),
        current(trust.trustDomain().name(), intermediate, now),
        others);
  }

  private static Certificate current(String domain, X509Certificate certificate, Instant now) {
    Instant from = certificate.getNotBefore().toInstant();
    return new Certificate(
        domain,
        Certificates.serialHex(certificate.getSerialNumber()),
        Certificates.fingerprint(certificate),
        from,
        certificate.getNotAfter().toInstant(),
        CURRENT,
        age(from, now));
  }

  private static Certificate other(SignedIntermediate known, Set<BigInteger> revoked, Instant now) {
    return new Certificate(
        known.trustDomain().name(),
        Certificates.serialHex(known.serial()),
        known.fingerprint(),
        known.signed(),
        known.until(),
        revoked.contains(known.serial()) ? REVOKED : VALID,
        age(known.signed(), now));
  }

  private static long age(Instant since, Instant now) {
    return Math.max(0, Duration.between(since, now).toSeconds());
  }
}
