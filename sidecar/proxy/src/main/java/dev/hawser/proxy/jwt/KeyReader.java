package dev.hawser.proxy.jwt;

import dev.hawser.proxy.json.Json;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.spec.InvalidKeySpecException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads JSON Web Keys (RFC 7517 section 4, RFC 7518 section 6, RFC 8037 section 2). */
final class KeyReader {
  /** As dear as 8192 bits with the exponent 65,537; who means well has none that is dearer. */
  private static final int MAX_COST = 16;

  private KeyReader() {}

  /**
   * Returns the key if it is one that tokens can be checked with.
   *
   * @throws GeneralSecurityException if it is not, and says why
   */
  static VerificationKey read(Json.Members jwk) throws GeneralSecurityException {
    requirePurpose(jwk);
    KeyKind kind = kind(jwk);
    String id = text(jwk, "kid");
    JwsAlgorithm meant = null;
    String algorithm = text(jwk, "alg");
    if (algorithm != null) {
      Optional<JwsAlgorithm> known = JwsAlgorithm.ofKey(algorithm);
      if (known.isEmpty() || !known.get().fits(kind)) {
        throw new InvalidKeySpecException("alg " + algorithm + " of a key that is " + kind);
      }
      meant = known.get();
    }
    PublicKey key =
        switch (kind) {
          case RSA -> PublicKeys.rsa(number(jwk, "n"), number(jwk, "e"));
          case P256, P384, P521 -> PublicKeys.elliptic(kind, bytes(jwk, "x"), bytes(jwk, "y"));
          case ED25519, ED448 -> PublicKeys.edwards(kind, bytes(jwk, "x"));
        };
    VerificationKey read = new VerificationKey(id, kind, key, meant);
    if (read.cost() > MAX_COST) {
      throw new InvalidKeySpecException(
          "RSA key that costs "
              + read.cost()
              + " times one of 2048 bits (expected: at most "
              + MAX_COST
              + ", as 8192 bits with e 65537)");
    }
    return read;
  }

  /** A key that is made for something else, or that is no secret any more, checks nothing. */
  private static void requirePurpose(Json.Members jwk) throws InvalidKeySpecException {
    String use = text(jwk, "use");
    if (use != null && !use.equals("sig")) {
      throw new InvalidKeySpecException("use " + use + " (expected: sig)");
    }
    if (jwk.get("d") != null || jwk.get("k") != null) {
      throw new InvalidKeySpecException("private (expected: a public key)");
    }
    Json operations = jwk.get("key_ops");
    if (operations != null
        && !(operations instanceof Json.Items items
            && items.all().contains(new Json.Text("verify")))) {
      throw new InvalidKeySpecException("key_ops without verify");
    }
  }

  private static KeyKind kind(Json.Members jwk) throws InvalidKeySpecException {
    String type = text(jwk, "kty");
    String curve = text(jwk, "crv");
    String whole = type + (curve == null ? "" : " " + curve);
    return switch (whole) {
      case "RSA" -> KeyKind.RSA;
      case "EC P-256" -> KeyKind.P256;
      case "EC P-384" -> KeyKind.P384;
      case "EC P-521" -> KeyKind.P521;
      case "OKP Ed25519" -> KeyKind.ED25519;
      case "OKP Ed448" -> KeyKind.ED448;
      default ->
          throw new InvalidKeySpecException(
              "kty " + whole + " (expected: RSA, EC P-256, P-384, P-521, OKP Ed25519 or Ed448)");
    };
  }

  private static @Nullable String text(Json.Members jwk, String name)
      throws InvalidKeySpecException {
    return switch (jwk.get(name)) {
      case null -> null;
      case Json.Text(String value) -> value;
      default -> throw new InvalidKeySpecException(name + " is not a string");
    };
  }

  private static byte[] bytes(Json.Members jwk, String name) throws InvalidKeySpecException {
    String text = text(jwk, name);
    Optional<byte[]> bytes = text == null ? Optional.empty() : Base64Url.decode(text);
    if (bytes.isEmpty() || bytes.get().length == 0) {
      throw new InvalidKeySpecException(name + " is missing or not base64url");
    }
    return bytes.get();
  }

  private static BigInteger number(Json.Members jwk, String name) throws InvalidKeySpecException {
    return new BigInteger(1, bytes(jwk, name));
  }
}
