package dev.hawser.trust.bundle;

import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.x509.Certificates;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;

/**
 * The roots that may vouch for one trust domain. Every cluster of a federation has the same roots
 * and still its own bundle: which bundle verifies a certificate is decided by the certificate's own
 * trust domain (SPIFFE Federation section 4.2).
 *
 * @param trustDomain whose certificates these roots verify, and no other's
 * @param roots 1-8 distinct certificates; the first is the one that new SVIDs chain to
 * @param sequence grows with each change; a bundle with a lower one is old news
 */
public record TrustBundle(TrustDomain trustDomain, List<X509Certificate> roots, long sequence) {
  /** Roots in one bundle: the current and the next one of a rotation, and room to spare. */
  public static final int MAX_ROOTS = 8;

  /**
   * Makes a bundle.
   *
   * @throws IllegalArgumentException if there are no roots, too many, the same one twice, or the
   *     sequence is negative
   */
  public TrustBundle {
    roots = List.copyOf(roots);
    if (roots.isEmpty() || roots.size() > MAX_ROOTS) {
      throw new IllegalArgumentException(
          "bundle of " + trustDomain + ": " + roots.size() + " roots (expected: 1-8)");
    }
    if (new HashSet<>(roots).size() != roots.size()) {
      throw new IllegalArgumentException("bundle of " + trustDomain + ": the same root twice");
    }
    if (sequence < 0) {
      throw new IllegalArgumentException(
          "bundle of " + trustDomain + ": sequence " + sequence + " (expected: 0 or more)");
    }
  }

  /**
   * Reads the roots from PEM.
   *
   * @throws IllegalArgumentException if the text is not PEM certificates, or they make no bundle
   */
  public static TrustBundle fromPem(TrustDomain trustDomain, String pem, long sequence) {
    return new TrustBundle(trustDomain, Certificates.parsePem(pem), sequence);
  }

  /** Returns the roots as PEM, the first one first. */
  public String toPem() {
    return Certificates.toPem(roots);
  }

  /** Whether this one is newer than another of the same trust domain. */
  public boolean supersedes(TrustBundle other) {
    return trustDomain.equals(other.trustDomain) && sequence > other.sequence;
  }
}
