package dev.hawser.trust.x509;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/**
 * The subject alternative names of a certificate (RFC 5280 section 4.2.1.6), read from the bytes:
 * the JDK's reader drops a URI that it cannot parse, and a dropped name is one that nobody judges.
 *
 * @param uris the URIs, as written
 * @param others the kinds of the other names, e.g. {@code DNS}
 */
public record SubjectAltNames(List<String> uris, List<String> others) {
  public SubjectAltNames {
    uris = List.copyOf(uris);
    others = List.copyOf(others);
  }

  /**
   * Reads the names; a certificate without the extension has none.
   *
   * @throws CertificateFormatException if the extension is malformed
   */
  public static SubjectAltNames of(X509Certificate certificate) {
    List<String> uris = new ArrayList<>();
    List<String> others = new ArrayList<>();
    ExtensionValue.of(certificate, Extension.subjectAlternativeName, GeneralNames::getInstance)
        .ifPresent(names -> {
          for (GeneralName name : names.getNames()) {
            if (name.getTagNo() == GeneralName.uniformResourceIdentifier) {
              uris.add(ASN1IA5String.getInstance(name.getName()).getString());
            } else {
              others.add(NameKind.of(name.getTagNo()).label());
            }
          }
        });
    return new SubjectAltNames(uris, others);
  }
}
