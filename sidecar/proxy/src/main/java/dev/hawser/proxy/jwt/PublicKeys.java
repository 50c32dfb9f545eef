package dev.hawser.proxy.jwt;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;

/** Makes public keys of their numbers, and refuses those that are known to be weak. */
final class PublicKeys {
  private static final int MIN_MODULUS = 2048;

  /** Checking a signature costs time that grows faster than the key. */
  private static final int MAX_MODULUS = 8192;

  private static final int MAX_EXPONENT = 33;

  private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");
  private static final byte[] ED448_PREFIX = HexFormat.of().parseHex("3043300506032b6571033a00");

  /** Enough small primes that a good modulus looks like a bad one once in 2^27. */
  private static final int LAST_PRIME = 167;

  private PublicKeys() {}

  static PublicKey rsa(BigInteger modulus, BigInteger exponent) throws GeneralSecurityException {
    if (modulus.bitLength() < MIN_MODULUS || modulus.bitLength() > MAX_MODULUS) {
      throw new InvalidKeySpecException(
          modulus.bitLength() + " bits (expected: " + MIN_MODULUS + "-" + MAX_MODULUS + ")");
    }
    if (!modulus.testBit(0) || isRoca(modulus)) {
      throw new InvalidKeySpecException("modulus can be factored");
    }
    boolean sound =
        exponent.testBit(0)
            && exponent.compareTo(BigInteger.TWO) > 0
            && exponent.bitLength() <= MAX_EXPONENT;
    if (!sound) {
      throw new InvalidKeySpecException("exponent " + exponent + " (expected: odd, from 3 on)");
    }
    return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent));
  }

  /**
   * Whether the modulus has the fingerprint of CVE-2017-15361: it is a power of 65537 modulo each
   * of the small primes.
   */
  private static boolean isRoca(BigInteger modulus) {
    for (int prime = 3; prime <= LAST_PRIME; prime += 2) {
      if (BigInteger.valueOf(prime).isProbablePrime(20)
          && !isPower(modulus.mod(BigInteger.valueOf(prime)).intValue(), prime)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPower(int value, int prime) {
    int power = 1;
    for (int i = 0; i < prime; i++) {
      if (power == value) {
        return true;
      }
      power = power * (65537 % prime) % prime;
    }
    return false;
  }

  static PublicKey elliptic(KeyKind kind, byte[] x, byte[] y) throws GeneralSecurityException {
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(
        new ECGenParameterSpec(
            switch (kind) {
              case P256 -> "secp256r1";
              case P384 -> "secp384r1";
              default -> "secp521r1";
            }));
    ECParameterSpec curve = parameters.getParameterSpec(ECParameterSpec.class);
    int size = (curve.getCurve().getField().getFieldSize() + 7) / 8;
    if (x.length != size || y.length != size) {
      throw new InvalidKeySpecException(
          "coordinates of " + x.length + " and " + y.length + " bytes (expected: " + size + ")");
    }
    ECPoint point = new ECPoint(new BigInteger(1, x), new BigInteger(1, y));
    if (!isOn(curve, point)) {
      throw new InvalidKeySpecException("point not on the curve");
    }
    return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, curve));
  }

  private static boolean isOn(ECParameterSpec curve, ECPoint point) {
    if (!(curve.getCurve().getField() instanceof ECFieldFp field)) {
      return false;
    }
    BigInteger p = field.getP();
    BigInteger x = point.getAffineX();
    BigInteger y = point.getAffineY();
    BigInteger right =
        x.multiply(x).add(curve.getCurve().getA()).multiply(x).add(curve.getCurve().getB());
    return x.compareTo(p) < 0
        && y.compareTo(p) < 0
        && y.multiply(y).subtract(right).mod(p).signum() == 0;
  }

  static PublicKey edwards(KeyKind kind, byte[] point) throws GeneralSecurityException {
    byte[] prefix = kind == KeyKind.ED25519 ? ED25519_PREFIX : ED448_PREFIX;
    int size = kind == KeyKind.ED25519 ? 32 : 57;
    if (point.length != size) {
      throw new InvalidKeySpecException(point.length + " bytes (expected: " + size + ")");
    }
    byte[] encoded = new byte[prefix.length + size];
    System.arraycopy(prefix, 0, encoded, 0, prefix.length);
    System.arraycopy(point, 0, encoded, prefix.length, size);
    return KeyFactory.getInstance("EdDSA").generatePublic(new X509EncodedKeySpec(encoded));
  }
}
