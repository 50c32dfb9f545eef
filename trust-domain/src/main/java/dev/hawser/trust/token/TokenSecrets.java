package dev.hawser.trust.token;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Secrets of tokens: made at random, kept as digests, compared in constant time. */
final class TokenSecrets {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String MAC = "HmacSHA256";

  private TokenSecrets() {}

  static String newId() {
    return HexFormat.of().formatHex(random(8));
  }

  static String newSecret() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random(32));
  }

  static String newSalt() {
    return HexFormat.of().formatHex(random(16));
  }

  /** A slow hash would add nothing: the secret has 256 random bits, not a person's password. */
  static String hash(String salt, String secret) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(new SecretKeySpec(HexFormat.of().parseHex(salt), MAC));
      return HexFormat.of().formatHex(mac.doFinal(secret.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + MAC, e);
    }
  }

  static boolean fits(String secret, TokenRecord record) {
    return MessageDigest.isEqual(
        hash(record.salt(), secret).getBytes(StandardCharsets.US_ASCII),
        record.hash().getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] random(int octets) {
    byte[] bytes = new byte[octets];
    RANDOM.nextBytes(bytes);
    return bytes;
  }
}
