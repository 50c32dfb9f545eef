package dev.hawser.it.differential;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.regex.Pattern;

/** Tokens that are good, and tokens that are not, each in its own way. */
final class Tokens {
  static final String ISSUER = "https://issuer.test";
  static final String SECOND_ISSUER = "https://second.test";

  private static final Pattern TOKEN = Pattern.compile("ey[A-Za-z0-9_-]+\\.+ey");

  private static final Tokens RSA = new Tokens("RS256", "key-r");
  private static final Tokens CURVE = new Tokens("ES256", "key-e");
  private static final Tokens STRANGER = new Tokens("RS256", "key-r");

  private final String algorithm;
  private final String keyId;
  private final KeyPair pair;

  private Tokens(String algorithm, String keyId) {
    this.algorithm = algorithm;
    this.keyId = keyId;
    try {
      KeyPairGenerator maker = KeyPairGenerator.getInstance(isRsa() ? "RSA" : "EC");
      if (isRsa()) {
        maker.initialize(2048);
      } else {
        maker.initialize(new ECGenParameterSpec("secp256r1"));
      }
      pair = maker.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private boolean isRsa() {
    return algorithm.equals("RS256");
  }

  /** Returns the keys that both proxies know. */
  static String keys() {
    return "{\"keys\":[" + RSA.key() + "," + CURVE.key() + "]}";
  }

  /** Returns a token, most often a good one. */
  static String any(Dice dice) {
    return switch (dice.below(18)) {
      case 0 -> RSA.token(claims("-1000", ISSUER, "\"shop\""));
      case 1 -> RSA.token(claims("-30", ISSUER, "\"shop\""));
      case 2 -> RSA.token(claims("+1000", "https://other.test", "\"shop\""));
      case 3 -> RSA.token(claims("+1000", ISSUER, dice.of("\"other\"", "[]", "\"shop/\"")));
      case 4 -> STRANGER.token(claims("+1000", ISSUER, "\"shop\""));
      case 5 ->
          RSA.token("{\"alg\":\"RS256\",\"kid\":\"unknown\"}", claims("+1000", ISSUER, "\"shop\""));
      case 6 -> RSA.token("{\"alg\":\"RS256\"}", claims("+1000", ISSUER, "[\"x\",\"shop\"]"));
      case 7 -> broken(dice, RSA.token(claims("+1000", ISSUER, "\"shop\"")));
      case 8 -> RSA.token(claims("+1000", ISSUER, "\"shop\"").replace("}", ",\"nbf\":4102444800}"));
      case 9 -> RSA.token("{\"iss\":\"" + ISSUER + "\",\"aud\":\"shop\",\"sub\":\"ann\"}");
      case 10 -> CURVE.token(claims("+1000", ISSUER, dice.of("\"shop\"", "[\"shop\",\"x\"]")));
      case 11 ->
          CURVE.token("{\"alg\":\"RS256\",\"kid\":\"key-e\"}", claims("+1000", ISSUER, "\"shop\""));
      case 12 ->
          encode("{\"alg\":\"none\"}") + "." + encode(claims("+1000", ISSUER, "\"shop\"")) + ".";
      case 13 -> RSA.token(claims("+1000", SECOND_ISSUER, dice.of("\"shop\"", "\"other\"")));
      default -> RSA.token(claims("+1000", ISSUER, dice.of("\"shop\"", "[\"shop\"]")));
    };
  }

  /** Returns whether a request has a token that says something, wherever it is. */
  static boolean anySays(Request request, String text) {
    for (String word : request.wire().split("[^A-Za-z0-9_-]+", -1)) {
      if (word.startsWith("ey") && word.length() % 4 != 1) {
        String said = new String(Base64.getUrlDecoder().decode(word), StandardCharsets.UTF_8);
        if (said.contains(text)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Returns how many tokens a request has. */
  static long count(Request request) {
    return TOKEN.matcher(request.wire()).results().count();
  }

  private static String broken(Dice dice, String token) {
    return switch (dice.below(6)) {
      case 0 -> token.substring(0, token.length() - 8);
      case 1 -> token.substring(0, token.lastIndexOf('.'));
      case 2 -> "a" + token;
      case 3 -> token + ".x";
      case 4 -> "nonsense";
      default -> token.replaceFirst("\\.", "..");
    };
  }

  private static String claims(String expires, String issuer, String audience) {
    long at = Instant.now().getEpochSecond() + Long.parseLong(expires);
    return """
    {"iss":"%s","sub":"ann","aud":%s,"exp":%d,"scope":"read write","level":7,"admin":true,\
    "ratio":1.5,"nested":{"team":"blue","list":["a","b"]},"empty":"","odd":"a b"}\
    """
        .formatted(issuer, audience, at);
  }

  private String token(String claims) {
    return token("{\"alg\":\"" + algorithm + "\",\"kid\":\"" + keyId + "\"}", claims);
  }

  private String token(String header, String claims) {
    String signed = encode(header) + "." + encode(claims);
    try {
      Signature signature =
          Signature.getInstance(isRsa() ? "SHA256withRSA" : "SHA256withECDSAinP1363Format");
      signature.initSign(pair.getPrivate());
      signature.update(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + encode(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private String key() {
    String numbers =
        switch (pair.getPublic()) {
          case RSAPublicKey key ->
              "\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\""
                  .formatted(number(key.getModulus(), 256), number(key.getPublicExponent(), 3));
          case ECPublicKey key ->
              "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%s\",\"y\":\"%s\""
                  .formatted(
                      number(key.getW().getAffineX(), 32), number(key.getW().getAffineY(), 32));
          default -> throw new IllegalStateException(pair.getPublic().getAlgorithm());
        };
    return "{%s,\"kid\":\"%s\",\"alg\":\"%s\"}".formatted(numbers, keyId, algorithm);
  }

  private static String number(BigInteger number, int size) {
    byte[] octets = new byte[size];
    BigInteger rest = number;
    for (int i = size - 1; i >= 0; i--) {
      octets[i] = rest.byteValue();
      rest = rest.shiftRight(8);
    }
    return encode(octets);
  }

  private static String encode(String text) {
    return encode(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String encode(byte[] octets) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
  }
}
