package dev.hawser.controlplane.enroll;

import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.x509.Certificates;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Instant;

/**
 * An intermediate that was signed under the federation's root.
 *
 * @param trustDomain whose identities it may sign
 * @param fingerprint SHA-256 of its DER, lower-case hexadecimal
 * @param signed when this cluster signed it or got it
 * @param until when it ends
 */
public record SignedIntermediate(
    TrustDomain trustDomain, BigInteger serial, String fingerprint, Instant signed, Instant until) {

  static SignedIntermediate of(X509Certificate certificate, TrustDomain owner, Instant signed) {
    return new SignedIntermediate(
        owner,
        certificate.getSerialNumber(),
        Certificates.fingerprint(certificate),
        signed,
        certificate.getNotAfter().toInstant());
  }
}
