package dev.hawser.trust.verify;

import dev.hawser.trust.spiffe.SpiffeId;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A chain whose structure and signatures hold; only the time is left to check.
 *
 * @param id whom it proves
 * @param path leaf, intermediate, root
 */
record ProvenChain(SpiffeId id, List<X509Certificate> path) {
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

  Verdict at(Instant now) {
    for (X509Certificate certificate : path) {
      Verdict.Refused refused = refusedAt(certificate, now);
      if (refused != null) {
        return refused;
      }
    }
    return new Verdict.Trusted(id);
  }

  /**
   * Judges the validity of one certificate. Our authorities date certificates back by five minutes
   * and this side forgives five more, so clocks may differ by ten. The end is not forgiven: renewal
   * at two thirds of the life leaves hours, and an ended certificate must not come back.
   */
  static Verdict.@Nullable Refused refusedAt(X509Certificate certificate, Instant now) {
    Instant notBefore = certificate.getNotBefore().toInstant();
    Instant notAfter = certificate.getNotAfter().toInstant();
    String subject =
        "'"
            + certificate.getSubjectX500Principal()
            + "' issued by '"
            + certificate.getIssuerX500Principal()
            + "'";
    if (now.plus(CLOCK_SKEW).isBefore(notBefore)) {
      return new Verdict.Refused(
          Reason.NOT_YET_VALID, subject + " begins at " + notBefore + ", it is " + now);
    }
    if (now.isAfter(notAfter)) {
      return new Verdict.Refused(
          Reason.EXPIRED, subject + " ended at " + notAfter + ", it is " + now);
    }
    return null;
  }
}
