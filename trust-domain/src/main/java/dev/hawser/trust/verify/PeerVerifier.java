package dev.hawser.trust.verify;

import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.x509.CertificateFormatException;
import dev.hawser.trust.x509.Certificates;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Decides whether a peer's certificates prove a SPIFFE id, by the rules of RFC 5280, the X509-SVID
 * specification and this mesh: exactly one SPIFFE id; judged by the bundle of its trust domain
 * alone; a path of leaf, intermediate and root; and an intermediate that can sign for that trust
 * domain and no other.
 *
 * <p>It runs at every handshake, resumed or not, so what it proved is remembered by the digests of
 * the certificates and of the bundles: a repeat costs two hashes and a comparison of times. Safe
 * for any thread; one instance serves a process.
 */
public final class PeerVerifier {
  /** Chains that are remembered unless said otherwise. */
  public static final int DEFAULT_CACHE_SIZE = 8192;

  private final RecentCache<CacheKey, ProvenChain> proven;

  private record CacheKey(String chain, String bundles, Role role) {}

  /** Makes a verifier that remembers {@link #DEFAULT_CACHE_SIZE} chains. */
  public PeerVerifier() {
    this(DEFAULT_CACHE_SIZE);
  }

  /**
   * Makes a verifier.
   *
   * @param cacheSize chains to remember, at least 2
   */
  public PeerVerifier(int cacheSize) {
    this.proven = new RecentCache<>(cacheSize);
  }

  /**
   * Judges a peer.
   *
   * @param chain leaf first, as the peer sent it; the root may be missing
   * @param bundles what is trusted at this moment
   * @param now the time by which validity is judged
   * @param peerRole what the peer is in the handshake
   */
  public Verdict verify(
      List<X509Certificate> chain, TrustBundles bundles, Instant now, Role peerRole) {
    try {
      CacheKey key = new CacheKey(fingerprint(chain), bundles.digest(), peerRole);
      ProvenChain known = proven.get(key);
      if (known == null) {
        known = ChainRules.check(chain, bundles, peerRole);
        // Only what was proved is remembered: refusals would let a stranger push it out.
        proven.put(key, known);
      }
      return known.at(now);
    } catch (Refusal e) {
      return e.verdict();
    } catch (RuntimeException e) {
      // Certificates of other TLS engines are parsed when first touched, and fail in their own way.
      return new Verdict.Refused(Reason.MALFORMED_CERTIFICATE, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Judges a cluster's intermediate by the same rules, before it signs anything.
   *
   * @return why a peer under it would be refused, or empty if none would be for its sake
   */
  public static Optional<Verdict.Refused> verifyIntermediate(
      X509Certificate intermediate, TrustDomain trustDomain, TrustBundles bundles, Instant now) {
    try {
      X509Certificate root = ChainRules.checkIntermediate(intermediate, trustDomain, bundles);
      return Optional.ofNullable(ProvenChain.refusedAt(intermediate, now))
          .or(() -> Optional.ofNullable(ProvenChain.refusedAt(root, now)));
    } catch (Refusal e) {
      return Optional.of(e.verdict());
    } catch (CertificateFormatException e) {
      return Optional.of(
          new Verdict.Refused(Reason.MALFORMED_CERTIFICATE, String.valueOf(e.getMessage())));
    }
  }

  private static String fingerprint(List<X509Certificate> chain) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (X509Certificate certificate : chain) {
        // Each DER certificate begins with its own length: no two lists make the same bytes.
        digest.update(Certificates.der(certificate));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
