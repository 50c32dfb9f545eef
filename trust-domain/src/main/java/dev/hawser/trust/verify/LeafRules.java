package dev.hawser.trust.verify;

import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.x509.KeyRules;
import dev.hawser.trust.x509.SubjectAltNames;
import java.security.cert.X509Certificate;
import java.util.List;

/** What a workload's own certificate must be: X509-SVID sections 2, 3 and 4, and stricter. */
final class LeafRules {
  private LeafRules() {}

  /** Returns whom the certificate names. */
  static SpiffeId check(X509Certificate leaf, Role role) throws Refusal {
    CertificateRules.check(leaf);
    SpiffeId id = id(leaf);
    if (!KeyRules.fitsLeaf(leaf.getPublicKey())) {
      throw new Refusal(
          Reason.WEAK_ALGORITHM,
          "the leaf's key is "
              + leaf.getPublicKey().getAlgorithm()
              + " (expected: P-256 or P-384)");
    }
    if (leaf.getBasicConstraints() >= 0) {
      throw new Refusal(Reason.LEAF_IS_AUTHORITY, id + " with CA:TRUE");
    }
    checkKeyUsage(leaf, id);
    checkPurpose(leaf, id, role);
    return id;
  }

  private static SpiffeId id(X509Certificate leaf) throws Refusal {
    SubjectAltNames names = SubjectAltNames.of(leaf);
    if (names.uris().isEmpty()) {
      throw new Refusal(
          Reason.NO_SPIFFE_ID,
          "subject '" + leaf.getSubjectX500Principal() + "', names: " + names.others());
    }
    if (names.uris().size() > 1) {
      throw new Refusal(Reason.SEVERAL_SPIFFE_IDS, names.uris().size() + " URIs");
    }
    if (!names.others().isEmpty()) {
      throw new Refusal(Reason.UNEXPECTED_NAME, "beside the URI: " + names.others());
    }
    SpiffeId id;
    try {
      id = SpiffeId.parse(names.uris().getFirst());
    } catch (IllegalArgumentException e) {
      throw new Refusal(Reason.INVALID_SPIFFE_ID, String.valueOf(e.getMessage()));
    }
    if (id.path().isEmpty()) {
      throw new Refusal(Reason.ID_WITHOUT_PATH, id.toString());
    }
    return id;
  }

  private static void checkKeyUsage(X509Certificate leaf, SpiffeId id) throws Refusal {
    boolean[] usage = leaf.getKeyUsage();
    if (usage == null || !usage[CertificateRules.DIGITAL_SIGNATURE]) {
      throw new Refusal(Reason.LEAF_KEY_USAGE, id + " without digitalSignature");
    }
    if (usage[CertificateRules.KEY_CERT_SIGN] || usage[CertificateRules.CRL_SIGN]) {
      throw new Refusal(Reason.LEAF_KEY_USAGE, id + " with keyCertSign or cRLSign");
    }
  }

  private static void checkPurpose(X509Certificate leaf, SpiffeId id, Role role) throws Refusal {
    List<String> purposes = CertificateRules.purposes(leaf);
    if (!purposes.contains(role.extendedKeyUsage())) {
      throw new Refusal(
          Reason.LEAF_PURPOSE, id + " for " + purposes + " (expected: " + role.label() + ")");
    }
  }
}
