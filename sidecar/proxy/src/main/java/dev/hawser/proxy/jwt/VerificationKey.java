package dev.hawser.proxy.jwt;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One public key of an issuer.
 *
 * @param id null if it has none
 * @param meant the algorithm that it is for, or null if it does not say
 */
record VerificationKey(
    @Nullable String id, KeyKind kind, PublicKey key, @Nullable JwsAlgorithm meant) {
  /** Squarings and multiplications for the exponent 65,537. */
  private static final int USUAL_STEPS = 19;

  /** Whether it may have signed a token with this head. */
  boolean matches(@Nullable String tokenKeyId, JwsAlgorithm algorithm) {
    boolean named = tokenKeyId == null || id == null || id.equals(tokenKeyId);
    return named && algorithm.fits(kind) && algorithm.satisfies(meant);
  }

  /**
   * Returns what a verification takes, where one by RSA with 2048 bits and the exponent 65,537 is
   * 1: that of 8192 bits and another exponent is fifty times as dear.
   */
  int cost() {
    if (!(key instanceof RSAPublicKey rsa)) {
      return 1;
    }
    int size = Math.ceilDiv(rsa.getModulus().bitLength(), 2048);
    BigInteger exponent = rsa.getPublicExponent();
    int steps = exponent.bitLength() + exponent.bitCount();
    return size * size * Math.max(1, steps / USUAL_STEPS);
  }

  /** Whether the signature is this key's over the bytes; whatever is wrong with it, it is not. */
  boolean verifies(JwsAlgorithm algorithm, byte[] signed, byte[] signature) {
    if (key instanceof ECPublicKey curve && !inRange(curve, signature)) {
      return false;
    }
    try {
      Signature check = algorithm.signature();
      check.initVerify(key);
      check.update(signed);
      return check.verify(signature);
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  /** Both halves lie between 1 and the order (FIPS 186-5 section 6.4.2); zero once forged keys. */
  private static boolean inRange(ECPublicKey curve, byte[] signature) {
    BigInteger order = curve.getParams().getOrder();
    int half = (order.bitLength() + 7) / 8;
    if (signature.length != 2 * half) {
      return false;
    }
    BigInteger r = new BigInteger(1, Arrays.copyOfRange(signature, 0, half));
    BigInteger s = new BigInteger(1, Arrays.copyOfRange(signature, half, 2 * half));
    return r.signum() > 0 && s.signum() > 0 && r.compareTo(order) < 0 && s.compareTo(order) < 0;
  }
}
