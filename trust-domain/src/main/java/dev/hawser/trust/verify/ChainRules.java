package dev.hawser.trust.verify;

import dev.hawser.trust.bundle.TrustBundle;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.x509.CertificateFormatException;
import dev.hawser.trust.x509.Certificates;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * The rules that do not depend on the time: a chain that passes them once passes them for as long
 * as the bundles stay the same. Pure.
 */
final class ChainRules {
  /** Leaf, intermediate, and the root where the sender adds it. */
  private static final int MAX_CHAIN = 3;

  private ChainRules() {}

  /**
   * Judges a chain.
   *
   * @throws Refusal with the first rule that it breaks
   */
  static ProvenChain check(List<X509Certificate> chain, TrustBundles bundles, Role role)
      throws Refusal {
    if (chain.isEmpty()) {
      throw new Refusal(Reason.NO_CERTIFICATE, "an empty chain");
    }
    if (chain.size() > MAX_CHAIN) {
      throw new Refusal(Reason.CHAIN_TOO_LONG, chain.size() + " certificates");
    }
    try {
      return checkShort(chain, bundles, role);
    } catch (CertificateFormatException e) {
      throw new Refusal(Reason.MALFORMED_CERTIFICATE, String.valueOf(e.getMessage()));
    }
  }

  private static ProvenChain checkShort(
      List<X509Certificate> chain, TrustBundles bundles, Role role) throws Refusal {
    X509Certificate leaf = chain.getFirst();
    SpiffeId id = LeafRules.check(leaf, role);
    TrustBundle bundle = bundleOf(id.trustDomain(), bundles);
    X509Certificate issuer = issuer(chain, bundle);
    requireSigned(leaf, issuer);
    X509Certificate root = checkIntermediate(issuer, id.trustDomain(), bundles);
    IssuerRules.checkPurpose(issuer, role);
    if (chain.size() == MAX_CHAIN && !chain.getLast().equals(root)) {
      throw new Refusal(
          Reason.UNKNOWN_ROOT,
          "the last certificate is '" + chain.getLast().getSubjectX500Principal() + "'");
    }
    return new ProvenChain(id, List.of(leaf, issuer, root));
  }

  /** Judges an intermediate alone and returns the root that signed it. */
  static X509Certificate checkIntermediate(
      X509Certificate intermediate, TrustDomain trustDomain, TrustBundles bundles) throws Refusal {
    TrustBundle bundle = bundleOf(trustDomain, bundles);
    IssuerRules.check(intermediate, trustDomain);
    if (bundles.revokedIntermediates().contains(intermediate.getSerialNumber())) {
      throw new Refusal(
          Reason.ISSUER_REVOKED,
          "serial number " + Certificates.serialHex(intermediate.getSerialNumber()));
    }
    X509Certificate root = rootOf(intermediate, bundle);
    RootRules.check(root, trustDomain);
    return root;
  }

  private static TrustBundle bundleOf(TrustDomain trustDomain, TrustBundles bundles)
      throws Refusal {
    return bundles
        .find(trustDomain)
        .orElseThrow(() ->
            new Refusal(
                Reason.UNKNOWN_TRUST_DOMAIN,
                "'" + trustDomain + "' (trusted: " + bundles.bundles().keySet() + ")"));
  }

  private static X509Certificate issuer(List<X509Certificate> chain, TrustBundle bundle)
      throws Refusal {
    X509Certificate leaf = chain.getFirst();
    boolean underRoot =
        bundle.roots().stream()
            .anyMatch(root -> root.getSubjectX500Principal().equals(leaf.getIssuerX500Principal()));
    if (underRoot) {
      throw new Refusal(Reason.ISSUED_BY_ROOT, "issuer '" + leaf.getIssuerX500Principal() + "'");
    }
    if (chain.size() == 1) {
      throw new Refusal(
          Reason.INTERMEDIATE_MISSING, "issuer '" + leaf.getIssuerX500Principal() + "'");
    }
    X509Certificate issuer = chain.get(1);
    if (!issuer.getSubjectX500Principal().equals(leaf.getIssuerX500Principal())) {
      throw new Refusal(
          Reason.CHAIN_BROKEN,
          "issued by '"
              + leaf.getIssuerX500Principal()
              + "', followed by '"
              + issuer.getSubjectX500Principal()
              + "'");
    }
    return issuer;
  }

  /** Two roots may bear one name during a rotation: the signature decides. */
  private static X509Certificate rootOf(X509Certificate intermediate, TrustBundle bundle)
      throws Refusal {
    boolean named = false;
    for (X509Certificate root : bundle.roots()) {
      if (root.getSubjectX500Principal().equals(intermediate.getIssuerX500Principal())) {
        named = true;
        if (signed(intermediate, root)) {
          return root;
        }
      }
    }
    throw new Refusal(
        named ? Reason.BAD_SIGNATURE : Reason.UNKNOWN_ROOT,
        "the intermediate '"
            + intermediate.getSubjectX500Principal()
            + "' issued by '"
            + intermediate.getIssuerX500Principal()
            + "'");
  }

  private static void requireSigned(X509Certificate certificate, X509Certificate issuer)
      throws Refusal {
    if (!signed(certificate, issuer)) {
      throw new Refusal(
          Reason.BAD_SIGNATURE,
          "serial number "
              + Certificates.serialHex(certificate.getSerialNumber())
              + ", issuer '"
              + issuer.getSubjectX500Principal()
              + "'");
    }
  }

  private static boolean signed(X509Certificate certificate, X509Certificate issuer) {
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException _) {
      // Whatever the provider calls it, it is not a signature of this issuer.
      return false;
    }
  }
}
