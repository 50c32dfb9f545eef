package dev.hawser.trust.x509;

import dev.hawser.trust.spiffe.TrustDomain;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.jspecify.annotations.Nullable;

/**
 * The name constraints of an authority's certificate (RFC 5280 section 4.2.1.10): the wall between
 * the clusters that share a root.
 *
 * @param critical whether a verifier that does not understand them must refuse
 * @param permitted the subtrees that names must lie in
 * @param excluded the subtrees that names must not lie in
 */
public record NameConstraint(boolean critical, List<Subtree> permitted, List<Subtree> excluded) {

  /**
   * One subtree.
   *
   * @param kind what kind of names it is about
   * @param base the host of a URI subtree; empty for other kinds, whose base nobody here needs
   * @param plain without minimum and maximum, as RFC 5280 demands
   */
  public record Subtree(NameKind kind, String base, boolean plain) {}

  public NameConstraint {
    permitted = List.copyOf(permitted);
    excluded = List.copyOf(excluded);
  }

  /**
   * Reads the constraints, if the certificate has any.
   *
   * @throws CertificateFormatException if the extension is malformed
   */
  public static Optional<NameConstraint> of(X509Certificate certificate) {
    boolean critical =
        certificate.getCriticalExtensionOIDs() != null
            && certificate.getCriticalExtensionOIDs().contains(Extension.nameConstraints.getId());
    return ExtensionValue.of(
        certificate,
        Extension.nameConstraints,
        value -> {
          NameConstraints constraints = NameConstraints.getInstance(value);
          return new NameConstraint(
              critical,
              subtrees(constraints.getPermittedSubtrees()),
              subtrees(constraints.getExcludedSubtrees()));
        });
  }

  /**
   * Returns the constraints of a cluster's intermediate: URIs whose host is exactly the trust
   * domain, no DNS name and no IP address (the empty DNS subtree and the two zero networks hold
   * every one of them, as in the CA/Browser Forum's baseline requirements section 7.1.5). There is
   * no way to exclude every email address that the JDK's parser accepts; {@code PeerVerifier}
   * refuses any name beside the one URI.
   */
  public static NameConstraints only(TrustDomain trustDomain) {
    GeneralSubtree[] permitted = {
      new GeneralSubtree(new GeneralName(GeneralName.uniformResourceIdentifier, trustDomain.name()))
    };
    GeneralSubtree[] excluded = {
      new GeneralSubtree(new GeneralName(GeneralName.dNSName, "")),
      new GeneralSubtree(
          new GeneralName(GeneralName.iPAddress, new DEROctetString(new byte[2 * 4]))),
      new GeneralSubtree(
          new GeneralName(GeneralName.iPAddress, new DEROctetString(new byte[2 * 16])))
    };
    return new NameConstraints(permitted, excluded);
  }

  /**
   * Whether a URI with this host satisfies the constraints by the rules of RFC 5280: a base with a
   * leading dot holds the hosts below it, any other base exactly its host.
   */
  public boolean allowsHost(String host) {
    boolean constrained = permitted.stream().anyMatch(subtree -> subtree.kind() == NameKind.URI);
    return (!constrained || permitted.stream().anyMatch(subtree -> holds(subtree, host)))
        && excluded.stream().noneMatch(subtree -> holds(subtree, host));
  }

  private static boolean holds(Subtree subtree, String host) {
    return subtree.kind() == NameKind.URI
        && (subtree.base().startsWith(".")
            ? host.endsWith(subtree.base())
            : host.equals(subtree.base()));
  }

  private static List<Subtree> subtrees(GeneralSubtree @Nullable [] subtrees) {
    List<Subtree> list = new ArrayList<>();
    if (subtrees != null) {
      for (GeneralSubtree subtree : subtrees) {
        NameKind kind = NameKind.of(subtree.getBase().getTagNo());
        String base =
            kind == NameKind.URI
                ? ASN1IA5String.getInstance(subtree.getBase().getName()).getString()
                : "";
        BigInteger minimum = subtree.getMinimum();
        boolean plain = minimum.signum() == 0 && subtree.getMaximum() == null;
        list.add(new Subtree(kind, base, plain));
      }
    }
    return list;
  }
}
