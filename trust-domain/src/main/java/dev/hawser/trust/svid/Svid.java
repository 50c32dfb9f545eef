package dev.hawser.trust.svid;

import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.x509.Certificates;
import dev.hawser.trust.x509.SubjectAltNames;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * An X509-SVID with its private key: what a process proves itself with. Never print or send it; its
 * text has no key in it.
 *
 * @param id whom it proves
 * @param privateKey of the leaf
 * @param chain leaf first, then its intermediate; without the root
 */
public record Svid(SpiffeId id, PrivateKey privateKey, List<X509Certificate> chain) {
  /**
   * Puts the parts together; that the key is the leaf's own is left to {@link #of}.
   *
   * @throws IllegalArgumentException if the chain is empty, or the leaf names another id
   */
  public Svid {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("SVID of " + id + ": no certificate");
    }
    List<String> uris = SubjectAltNames.of(chain.getFirst()).uris();
    if (!uris.equals(List.of(id.toString()))) {
      throw new IllegalArgumentException("SVID of " + id + ": its leaf names " + uris);
    }
  }

  /**
   * Makes an SVID whose id is the one that the leaf names.
   *
   * @param chain leaf first
   * @throws IllegalArgumentException if the leaf does not name exactly one SPIFFE id, or the key is
   *     not its key
   */
  public static Svid of(PrivateKey privateKey, List<X509Certificate> chain) {
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("SVID: no certificate");
    }
    List<String> uris = SubjectAltNames.of(chain.getFirst()).uris();
    if (uris.size() != 1) {
      throw new IllegalArgumentException("SVID: its leaf names " + uris + " (expected: one URI)");
    }
    if (!KeyMaterial.matches(privateKey, chain.getFirst())) {
      throw new IllegalArgumentException(
          "SVID of " + uris.getFirst() + ": the private key belongs to another certificate");
    }
    return new Svid(SpiffeId.parse(uris.getFirst()), privateKey, chain);
  }

  /** Returns the workload's own certificate. */
  public X509Certificate leaf() {
    return chain.getFirst();
  }

  /** Returns when it begins; authorities date it back by five minutes. */
  public Instant notBefore() {
    return leaf().getNotBefore().toInstant();
  }

  /** Returns when it ends. */
  public Instant notAfter() {
    return leaf().getNotAfter().toInstant();
  }

  /**
   * Returns the chain followed by a root, for a TLS server whose new members know only the root's
   * digest.
   */
  public X509Certificate[] chainWith(X509Certificate... roots) {
    X509Certificate[] whole = chain.toArray(new X509Certificate[chain.size() + roots.length]);
    System.arraycopy(roots, 0, whole, chain.size(), roots.length);
    return whole;
  }

  /** Returns id, serial number and end, for the log. */
  @Override
  public String toString() {
    return "Svid["
        + id
        + " serial="
        + Certificates.serialHex(leaf().getSerialNumber())
        + " notAfter="
        + notAfter()
        + "]";
  }
}
