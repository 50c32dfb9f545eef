package dev.hawser.trust.svid;

import dev.hawser.trust.x509.CertificateFormatException;
import dev.hawser.trust.x509.Pem;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/** Private keys: made here, written as PKCS#8, never sent anywhere. Safe for any thread. */
public final class KeyMaterial {
  private static final String PEM_LABEL = "PRIVATE KEY";
  private static final SecureRandom RANDOM = new SecureRandom();

  private KeyMaterial() {}

  private static final String CURVE = "secp256r1";

  /** Makes an ECDSA P-256 key pair. */
  public static KeyPair generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(CURVE), RANDOM);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java cannot make P-256 keys", e);
    }
  }

  /**
   * Returns the key as PEM, PKCS#8 without encryption.
   *
   * @throws CertificateFormatException if the key does not leave its provider (PKCS#11)
   */
  public static String toPem(PrivateKey key) {
    byte[] encoded = key.getEncoded();
    if (encoded == null || !"PKCS#8".equals(key.getFormat())) {
      throw new CertificateFormatException("private key: it cannot be exported from its provider");
    }
    return Pem.encode(PEM_LABEL, encoded);
  }

  /**
   * Reads an EC or RSA key.
   *
   * @param pem exactly one PKCS#8 block; its contents never appear in a message
   * @throws CertificateFormatException if it is not that
   */
  public static PrivateKey privateKeyFromPem(String pem) {
    List<byte[]> blocks = Pem.decode(PEM_LABEL, pem);
    if (blocks.size() != 1) {
      throw new CertificateFormatException(
          "private key: " + blocks.size() + " PEM blocks (expected: one 'PRIVATE KEY', PKCS#8)");
    }
    PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(blocks.getFirst());
    for (String algorithm : List.of("EC", "RSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
      } catch (InvalidKeySpecException _) {
        // Not of this kind: the next one decides, and the end of the loop refuses.
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("this Java has no " + algorithm + " keys", e);
      }
    }
    throw new CertificateFormatException("private key: neither EC nor RSA in PKCS#8");
  }

  /**
   * Returns a private key with the public one that follows from it.
   *
   * @param key ECDSA P-256
   * @throws IllegalArgumentException if it is another kind
   */
  public static KeyPair pair(PrivateKey key) {
    if (!(key instanceof ECPrivateKey ec)) {
      throw new IllegalArgumentException(
          "private key: " + key.getAlgorithm() + " (expected: EC, P-256)");
    }
    org.bouncycastle.math.ec.ECPoint point =
        new FixedPointCombMultiplier()
            .multiply(CustomNamedCurves.getByName(CURVE).getG(), ec.getS())
            .normalize();
    ECPoint affine =
        new ECPoint(point.getAffineXCoord().toBigInteger(), point.getAffineYCoord().toBigInteger());
    try {
      return new KeyPair(
          KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(affine, ec.getParams())),
          key);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("private key: is not on P-256", e);
    }
  }

  /** Whether the certificate's public key belongs to the private key: signs and verifies once. */
  public static boolean matches(PrivateKey key, X509Certificate certificate) {
    if (!key.getAlgorithm().equals(certificate.getPublicKey().getAlgorithm())) {
      return false;
    }
    try {
      byte[] challenge = new byte[32];
      RANDOM.nextBytes(challenge);
      String algorithm = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(key);
      signer.update(challenge);
      byte[] signature = signer.sign();
      Signature check = Signature.getInstance(algorithm);
      check.initVerify(certificate.getPublicKey());
      check.update(challenge);
      return check.verify(signature);
    } catch (GeneralSecurityException _) {
      // Another curve or an unusable key: they do not belong together.
      return false;
    }
  }
}
