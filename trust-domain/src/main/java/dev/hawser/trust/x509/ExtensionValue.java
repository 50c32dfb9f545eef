package dev.hawser.trust.x509;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Function;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;

/** One extension of a certificate, decoded. */
final class ExtensionValue {
  private ExtensionValue() {}

  static <T> Optional<T> of(
      X509Certificate certificate, ASN1ObjectIdentifier oid, Function<ASN1Primitive, T> decode) {
    byte[] octets = certificate.getExtensionValue(oid.getId());
    if (octets == null) {
      return Optional.empty();
    }
    try {
      byte[] value = ASN1OctetString.getInstance(octets).getOctets();
      return Optional.of(decode.apply(ASN1Primitive.fromByteArray(value)));
    } catch (IOException | RuntimeException e) {
      throw new CertificateFormatException(
          "certificate: malformed extension " + oid.getId() + ": " + e.getMessage(), e);
    }
  }
}
