package dev.hawser.trust.svid;

import java.io.IOException;
import java.security.KeyPair;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Certificate requests, RFC 2986. They carry a public key and prove its possession, no names. */
public final class CertificateRequests {
  private CertificateRequests() {}

  /**
   * Makes a request for a key.
   *
   * @param keys ECDSA keys; the private one stays here
   * @return DER
   */
  public static byte[] create(KeyPair keys) {
    try {
      return new JcaPKCS10CertificationRequestBuilder(new X500Name(new RDN[0]), keys.getPublic())
          .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
          .getEncoded();
    } catch (OperatorCreationException | IOException e) {
      throw new IllegalArgumentException("key pair: cannot sign a certificate request", e);
    }
  }
}
