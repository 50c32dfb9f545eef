package dev.hawser.trust.verify;

import dev.hawser.trust.x509.CertificateFormatException;
import dev.hawser.trust.x509.Certificates;
import dev.hawser.trust.x509.KeyRules;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;

/** What every certificate of a chain must be. */
final class CertificateRules {
  /** Indexes into {@link X509Certificate#getKeyUsage()}. */
  static final int DIGITAL_SIGNATURE = 0;

  static final int KEY_CERT_SIGN = 5;
  static final int CRL_SIGN = 6;

  private static final int VERSION = 3;

  /** Key usage, alternative names, basic constraints, name constraints, extended key usage. */
  private static final Set<String> UNDERSTOOD =
      Set.of("2.5.29.15", "2.5.29.17", "2.5.29.19", "2.5.29.30", "2.5.29.37");

  private CertificateRules() {}

  static void check(X509Certificate certificate) throws Refusal {
    if (certificate.getVersion() != VERSION) {
      throw new Refusal(
          Reason.MALFORMED_CERTIFICATE, "version " + certificate.getVersion() + " (expected: 3)");
    }
    int length = Certificates.der(certificate).length;
    if (length > Certificates.MAX_DER_LENGTH) {
      throw new Refusal(Reason.MALFORMED_CERTIFICATE, "a certificate of " + length + " octets");
    }
    Set<String> critical = certificate.getCriticalExtensionOIDs();
    if (critical != null) {
      for (String oid : critical) {
        if (!UNDERSTOOD.contains(oid)) {
          throw new Refusal(Reason.UNKNOWN_CRITICAL_EXTENSION, oid);
        }
      }
    }
    if (!KeyRules.fitsSignature(certificate)) {
      throw new Refusal(
          Reason.WEAK_ALGORITHM, "signature algorithm " + certificate.getSigAlgName());
    }
  }

  /** Returns the extended key usages; none if the extension is not there. */
  static List<String> purposes(X509Certificate certificate) {
    try {
      List<String> purposes = certificate.getExtendedKeyUsage();
      return purposes == null ? List.of() : purposes;
    } catch (CertificateParsingException e) {
      throw new CertificateFormatException("certificate: malformed extended key usage", e);
    }
  }
}
