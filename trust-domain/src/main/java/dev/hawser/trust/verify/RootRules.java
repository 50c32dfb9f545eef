package dev.hawser.trust.verify;

import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.x509.KeyRules;
import dev.hawser.trust.x509.NameConstraint;
import dev.hawser.trust.x509.NameConstraint.Subtree;
import java.security.cert.X509Certificate;
import java.util.Optional;

/** What a root must be. JDK path building ignores the constraints of an anchor; these do not. */
final class RootRules {
  private RootRules() {}

  static void check(X509Certificate root, TrustDomain trustDomain) throws Refusal {
    CertificateRules.check(root);
    String name = "'" + root.getSubjectX500Principal() + "'";
    if (root.getBasicConstraints() < 1) {
      throw new Refusal(
          Reason.ROOT_NOT_AUTHORITY, name + " without CA:TRUE and room for an intermediate");
    }
    boolean[] usage = root.getKeyUsage();
    if (usage == null || !usage[CertificateRules.KEY_CERT_SIGN]) {
      throw new Refusal(Reason.ROOT_NOT_AUTHORITY, name + " without keyCertSign");
    }
    if (!KeyRules.fitsAuthority(root.getPublicKey())) {
      throw new Refusal(Reason.WEAK_ALGORITHM, "the key of " + name);
    }
    Optional<NameConstraint> constraint = NameConstraint.of(root);
    if (constraint.isPresent()) {
      boolean plain =
          constraint.get().permitted().stream().allMatch(Subtree::plain)
              && constraint.get().excluded().stream().allMatch(Subtree::plain);
      if (!plain || !constraint.get().allowsHost(trustDomain.name())) {
        throw new Refusal(Reason.ROOT_CONSTRAINED, name + " for '" + trustDomain + "'");
      }
    }
  }
}
