package dev.hawser.trust.svid;

import java.io.IOException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
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

  /**
   * Returns a digest of the public key in a request, whose proof it does not check.
   *
   * @param request DER
   * @return SHA-256 of the SubjectPublicKeyInfo, 64 hexadecimal digits
   * @throws IllegalArgumentException if it is not a request
   */
  public static String keyDigest(byte[] request) {
    try {
      byte[] key = new PKCS10CertificationRequest(request).getSubjectPublicKeyInfo().getEncoded();
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key));
    } catch (IOException | RuntimeException e) {
      // The parser meets malformed bytes with whatever they lead to, null pointers included.
      throw new IllegalArgumentException("certificate request: is not PKCS#10 in DER", e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
