package dev.hawser.trust.authority;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/** Nothing that is signed outlives the one that signed it. */
final class Lives {
  private Lives() {}

  /**
   * Returns the end of a certificate that is signed now.
   *
   * @throws IllegalStateException if the issuer itself has ended
   */
  static Instant within(X509Certificate issuer, Instant now, Duration life) {
    Instant issuerEnd = issuer.getNotAfter().toInstant();
    if (!now.isBefore(issuerEnd)) {
      throw new IllegalStateException(
          "authority: '"
              + issuer.getSubjectX500Principal()
              + "' ended at "
              + issuerEnd
              + " and signs no more (it is "
              + now
              + ")");
    }
    Instant end = now.plus(life);
    return end.isBefore(issuerEnd) ? end : issuerEnd;
  }
}
