package dev.hawser.trust.x509;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.util.Set;

/** Which keys and signature algorithms count as strong enough. */
public final class KeyRules {
  private static final int MIN_RSA_BITS = 2048;

  /** ECDSA and RSA PKCS#1 with SHA-256, -384 and -512 (RFC 5758 section 3.2, RFC 8017). */
  private static final Set<String> SIGNATURES =
      Set.of(
          "1.2.840.10045.4.3.2",
          "1.2.840.10045.4.3.3",
          "1.2.840.10045.4.3.4",
          "1.2.840.113549.1.1.11",
          "1.2.840.113549.1.1.12",
          "1.2.840.113549.1.1.13");

  private static final ECParameterSpec P256 = curve("secp256r1");
  private static final ECParameterSpec P384 = curve("secp384r1");
  private static final ECParameterSpec P521 = curve("secp521r1");

  private KeyRules() {}

  /** Whether the key is ECDSA P-256, the only kind that Hawser certifies. */
  public static boolean isP256(PublicKey key) {
    return key instanceof ECPublicKey ec && same(ec.getParams(), P256);
  }

  /** Whether a peer may prove itself with the key: ECDSA P-256 or P-384. */
  public static boolean fitsLeaf(PublicKey key) {
    return isP256(key) || (key instanceof ECPublicKey ec && same(ec.getParams(), P384));
  }

  /** Whether an authority may sign with the key: ECDSA P-256 to P-521, or RSA of 2048 bits. */
  public static boolean fitsAuthority(PublicKey key) {
    return fitsLeaf(key)
        || (key instanceof ECPublicKey ec && same(ec.getParams(), P521))
        || (key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() >= MIN_RSA_BITS);
  }

  /** Whether the certificate is signed with an algorithm that still proves something. */
  public static boolean fitsSignature(X509Certificate certificate) {
    return SIGNATURES.contains(certificate.getSigAlgOID());
  }

  private static boolean same(ECParameterSpec a, ECParameterSpec b) {
    return a.getCurve().equals(b.getCurve())
        && a.getGenerator().equals(b.getGenerator())
        && a.getOrder().equals(b.getOrder());
  }

  private static ECParameterSpec curve(String name) {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec(name));
      return parameters.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no elliptic curve " + name, e);
    }
  }
}
