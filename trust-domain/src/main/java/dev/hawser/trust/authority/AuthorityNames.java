package dev.hawser.trust.authority;

import dev.hawser.trust.spiffe.TrustDomain;
import java.security.cert.X509Certificate;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;

/** What the authorities are called. People read these; only chaining depends on them. */
final class AuthorityNames {
  /** Upper bound of a common name, RFC 5280 appendix A. */
  private static final int MAX_COMMON_NAME = 64;

  private AuthorityNames() {}

  static X500Name root(String federation, String distinction) {
    return named(federation + " root " + distinction, "Hawser federation");
  }

  static X500Name intermediate(TrustDomain trustDomain, String distinction) {
    return named(trustDomain.name() + " " + distinction, "Hawser cluster");
  }

  /** The subject byte for byte, whatever encoding another authority chose. */
  static X500Name subjectOf(X509Certificate certificate) {
    return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
  }

  private static X500Name named(String commonName, String organization) {
    int excess = Math.max(0, commonName.length() - MAX_COMMON_NAME);
    return new X500NameBuilder(BCStyle.INSTANCE)
        .addRDN(BCStyle.O, organization)
        .addRDN(BCStyle.CN, commonName.substring(excess))
        .build();
  }
}
