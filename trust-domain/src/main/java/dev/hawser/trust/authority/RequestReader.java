package dev.hawser.trust.authority;

import dev.hawser.trust.x509.KeyRules;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;

/**
 * Takes from a certificate request (RFC 2986) the two things that count: the public key, and the
 * proof that the requester has the private one. Names and wanted extensions are not even read.
 */
final class RequestReader {
  /** Octets; a P-256 request without names has about 200. */
  private static final int MAX_LENGTH = 8 * 1024;

  /** ECDSA with SHA-256, -384 and -512. */
  private static final Set<String> SIGNATURES =
      Set.of("1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4");

  private RequestReader() {}

  /**
   * Returns the public key, P-256 and proved.
   *
   * @throws IssuanceRefusedException if the request is anything else
   */
  static PublicKey publicKey(byte[] der) {
    if (der.length > MAX_LENGTH) {
      throw refused("has " + der.length + " octets (expected: at most " + MAX_LENGTH + ")");
    }
    try {
      PKCS10CertificationRequest request =
          new PKCS10CertificationRequest(CertificationRequest.getInstance(der));
      if (!SIGNATURES.contains(request.getSignatureAlgorithm().getAlgorithm().getId())) {
        throw refused("is not signed with ECDSA and SHA-256, SHA-384 or SHA-512");
      }
      PublicKey key = key(request.getSubjectPublicKeyInfo());
      if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
        throw refused("does not prove the possession of its private key");
      }
      return key;
    } catch (IssuanceRefusedException e) {
      throw e;
    } catch (IOException | PKCSException | OperatorCreationException | RuntimeException e) {
      // The parser meets malformed bytes with whatever they lead to, null pointers included.
      throw new IssuanceRefusedException("certificate request: is not PKCS#10 in DER", e);
    }
  }

  private static PublicKey key(SubjectPublicKeyInfo info) throws IOException {
    try {
      // Refuses a point that is not on its curve, before any provider computes with it.
      PublicKeyFactory.createKey(info);
      PublicKey key =
          KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(info.getEncoded()));
      if (KeyRules.isP256(key)) {
        return key;
      }
    } catch (GeneralSecurityException e) {
      throw new IssuanceRefusedException(
          "certificate request: its key is not ECDSA P-256 (expected: that)", e);
    }
    throw refused("has a key on another curve (expected: ECDSA P-256)");
  }

  private static IssuanceRefusedException refused(String problem) {
    return new IssuanceRefusedException("certificate request: " + problem);
  }
}
