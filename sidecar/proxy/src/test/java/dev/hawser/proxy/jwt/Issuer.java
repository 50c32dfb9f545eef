package dev.hawser.proxy.jwt;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Makes keys and signs tokens with them, whatever they say. */
public final class Issuer {
  /** A key of RSA takes seconds to make without the second compiler: these are used in turn. */
  private static final List<KeyPair> RSA_KEYS = new ArrayList<>();

  /** As many as one test needs different ones. */
  private static final int RSA_KEYS_IN_ALL = 3;

  private static final int USUAL_BITS = 2048;
  private static int turn;

  private final KeyPair pair;
  private final String keyId;
  private final JwsAlgorithm algorithm;

  private Issuer(KeyPair pair, String keyId, JwsAlgorithm algorithm) {
    this.pair = pair;
    this.keyId = keyId;
    this.algorithm = algorithm;
  }

  /** Has a key of the kind that the algorithm needs, another one than the last two. */
  public static Issuer of(String algorithm, String keyId) {
    try {
      JwsAlgorithm wanted = JwsAlgorithm.ofToken(algorithm).orElseThrow();
      return switch (wanted) {
        case RS256, RS384, RS512, PS256, PS384, PS512 -> new Issuer(nextRsa(), keyId, wanted);
        default -> of(wanted, keyId, USUAL_BITS);
      };
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static synchronized KeyPair nextRsa() throws GeneralSecurityException {
    if (RSA_KEYS.size() < RSA_KEYS_IN_ALL) {
      RSA_KEYS.add(of(JwsAlgorithm.RS256, "", USUAL_BITS).pair);
      return RSA_KEYS.getLast();
    }
    turn = (turn + 1) % RSA_KEYS_IN_ALL;
    return RSA_KEYS.get(turn);
  }

  static Issuer of(JwsAlgorithm algorithm, String keyId, int bits) throws GeneralSecurityException {
    KeyPairGenerator maker =
        switch (algorithm) {
          case RS256, RS384, RS512, PS256, PS384, PS512 -> {
            KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
            rsa.initialize(bits);
            yield rsa;
          }
          case ES256 -> elliptic("secp256r1");
          case ES384 -> elliptic("secp384r1");
          case ES512 -> elliptic("secp521r1");
          case EDDSA -> KeyPairGenerator.getInstance("Ed25519");
        };
    return new Issuer(maker.generateKeyPair(), keyId, algorithm);
  }

  private static KeyPairGenerator elliptic(String curve) throws GeneralSecurityException {
    KeyPairGenerator maker = KeyPairGenerator.getInstance("EC");
    maker.initialize(new ECGenParameterSpec(curve));
    return maker;
  }

  /** Returns a signed token with these claims. */
  public String token(String claims) {
    return token("{\"alg\":\"" + name() + "\",\"kid\":\"" + keyId + "\"}", claims);
  }

  private String name() {
    return algorithm == JwsAlgorithm.EDDSA ? "EdDSA" : algorithm.name();
  }

  /** Returns a signed token with this header. */
  public String token(String header, String claims) {
    String signed = encode(header) + "." + encode(claims);
    try {
      Signature signature = algorithm.signature();
      signature.initSign(pair.getPrivate());
      signature.update(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + Base64Url.encode(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static String encode(String text) {
    return Base64Url.encode(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the public key with further members, each beginning with a comma. */
  public String jwk(String more) {
    String numbers =
        switch (pair.getPublic()) {
          case RSAPublicKey rsa ->
              "\"kty\":\"RSA\",\"n\":\""
                  + number(rsa.getModulus(), 0)
                  + "\",\"e\":\""
                  + number(rsa.getPublicExponent(), 0)
                  + "\"";
          case ECPublicKey curve -> {
            int size = (curve.getParams().getOrder().bitLength() + 7) / 8;
            yield "\"kty\":\"EC\",\"crv\":\"P-"
                + curve.getParams().getOrder().bitLength()
                + "\",\"x\":\""
                + number(curve.getW().getAffineX(), size)
                + "\",\"y\":\""
                + number(curve.getW().getAffineY(), size)
                + "\"";
          }
          default -> {
            byte[] encoded = pair.getPublic().getEncoded();
            byte[] point = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
            yield "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" + Base64Url.encode(point) + "\"";
          }
        };
    return "{" + numbers + ",\"kid\":\"" + keyId + "\"" + more + "}";
  }

  /** Returns a set of this key alone. */
  public String jwks() {
    return "{\"keys\":[" + jwk("") + "]}";
  }

  KeySet keys() {
    return KeySet.parse(jwks().getBytes(StandardCharsets.UTF_8));
  }

  private static String number(BigInteger number, int size) {
    byte[] bytes = number.toByteArray();
    int start = bytes[0] == 0 ? 1 : 0;
    int length = Math.max(size, bytes.length - start);
    byte[] padded = new byte[length];
    System.arraycopy(bytes, start, padded, length - (bytes.length - start), bytes.length - start);
    return Base64Url.encode(padded);
  }
}
