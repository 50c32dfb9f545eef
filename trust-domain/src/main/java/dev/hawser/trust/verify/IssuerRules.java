package dev.hawser.trust.verify;

import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.x509.KeyRules;
import dev.hawser.trust.x509.NameConstraint;
import dev.hawser.trust.x509.NameConstraint.Subtree;
import dev.hawser.trust.x509.NameKind;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;

/**
 * What a cluster's intermediate must be. All clusters share a root, so the name constraint is what
 * keeps a stolen cluster from minting another's identities; no constraint, or a wider one, is
 * refused, whatever the leaf says.
 */
final class IssuerRules {
  /** Kinds that may be excluded: they can only refuse more, and never a SPIFFE id. */
  private static final Set<NameKind> HARMLESS = Set.of(NameKind.DNS, NameKind.IP);

  private IssuerRules() {}

  static void check(X509Certificate issuer, TrustDomain trustDomain) throws Refusal {
    CertificateRules.check(issuer);
    String name = "'" + issuer.getSubjectX500Principal() + "'";
    if (issuer.getBasicConstraints() < 0) {
      throw new Refusal(Reason.ISSUER_NOT_AUTHORITY, name + " without CA:TRUE");
    }
    boolean[] usage = issuer.getKeyUsage();
    if (usage == null || !usage[CertificateRules.KEY_CERT_SIGN]) {
      throw new Refusal(Reason.ISSUER_KEY_USAGE, name + " without keyCertSign");
    }
    if (issuer.getBasicConstraints() != 0) {
      String length =
          issuer.getBasicConstraints() == Integer.MAX_VALUE
              ? "no path length"
              : "path length " + issuer.getBasicConstraints();
      throw new Refusal(Reason.ISSUER_PATH_LENGTH, name + " with " + length + " (expected: 0)");
    }
    if (!KeyRules.fitsAuthority(issuer.getPublicKey())) {
      throw new Refusal(Reason.WEAK_ALGORITHM, "the key of " + name);
    }
    checkConstraint(issuer, name, trustDomain);
  }

  /** An intermediate that lists purposes may sign for those alone. */
  static void checkPurpose(X509Certificate issuer, Role role) throws Refusal {
    List<String> purposes = CertificateRules.purposes(issuer);
    if (!purposes.isEmpty() && !purposes.contains(role.extendedKeyUsage())) {
      throw new Refusal(
          Reason.ISSUER_PURPOSE, purposes + " (expected: none, or " + role.label() + ")");
    }
  }

  private static void checkConstraint(X509Certificate issuer, String name, TrustDomain trustDomain)
      throws Refusal {
    NameConstraint constraint =
        NameConstraint.of(issuer).orElseThrow(() -> new Refusal(Reason.ISSUER_UNCONSTRAINED, name));
    List<Subtree> permitted = constraint.permitted();
    if (permitted.stream().noneMatch(subtree -> subtree.kind() == NameKind.URI)) {
      throw new Refusal(Reason.ISSUER_UNCONSTRAINED, name + " permits no URI in particular");
    }
    if (!constraint.critical()) {
      throw new Refusal(Reason.ISSUER_CONSTRAINT_NOT_CRITICAL, name);
    }
    boolean odd =
        !permitted.stream().allMatch(Subtree::plain)
            || !constraint.excluded().stream()
                .allMatch(subtree -> subtree.plain() && HARMLESS.contains(subtree.kind()));
    if (odd) {
      throw new Refusal(
          Reason.ISSUER_CONSTRAINT_UNCLEAR,
          name + " with a minimum, a maximum, or an excluded subtree other than DNS and IP");
    }
    String host = permitted.getFirst().base();
    if (permitted.size() > 1 || host.startsWith(".")) {
      throw new Refusal(
          Reason.ISSUER_CONSTRAINT_TOO_WIDE,
          name + " permits " + permitted + " (expected: the URI host " + trustDomain + ")");
    }
    if (!host.equals(trustDomain.name())) {
      throw new Refusal(
          Reason.ISSUER_CONSTRAINED_ELSEWHERE,
          name + " permits '" + host + "' (expected: '" + trustDomain + "')");
    }
  }
}
