package dev.hawser.proxy.jwt;

import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a token may be signed (RFC 7518 section 3, RFC 8037 section 3.1). There is no {@code none},
 * and nothing with a shared secret: whoever could check such a token could also make one.
 */
enum JwsAlgorithm {
  RS256("SHA256withRSA", Family.PKCS1, 256),
  RS384("SHA384withRSA", Family.PKCS1, 384),
  RS512("SHA512withRSA", Family.PKCS1, 512),
  PS256("SHA-256", Family.PSS, 256),
  PS384("SHA-384", Family.PSS, 384),
  PS512("SHA-512", Family.PSS, 512),
  ES256("SHA256withECDSAinP1363Format", Family.EC, 256),
  ES384("SHA384withECDSAinP1363Format", Family.EC, 384),
  ES512("SHA512withECDSAinP1363Format", Family.EC, 512),
  EDDSA("EdDSA", Family.EDWARDS, 512);

  private enum Family {
    PKCS1,
    PSS,
    EC,
    EDWARDS
  }

  /** By what a token's header says. */
  private static final Map<String, JwsAlgorithm> OF_TOKENS =
      Map.of(
          "RS256", RS256, "RS384", RS384, "RS512", RS512, "PS256", PS256, "PS384", PS384, "PS512",
          PS512, "ES256", ES256, "ES384", ES384, "ES512", ES512, "EdDSA", EDDSA);

  private final String jdkName;
  private final Family family;
  private final int bits;

  JwsAlgorithm(String jdkName, Family family, int bits) {
    this.jdkName = jdkName;
    this.family = family;
    this.bits = bits;
  }

  static Optional<JwsAlgorithm> ofToken(String name) {
    return Optional.ofNullable(OF_TOKENS.get(name));
  }

  /**
   * Returns what the {@code alg} of a key means; {@code ES521} is what RFC 7520's contemporaries
   * called ES512.
   */
  static Optional<JwsAlgorithm> ofKey(String name) {
    return name.equals("ES521") ? Optional.of(ES512) : ofToken(name);
  }

  /** Whether a key of this kind can have signed so. */
  boolean fits(KeyKind kind) {
    return switch (kind) {
      case RSA -> family == Family.PKCS1 || family == Family.PSS;
      case P256 -> this == ES256;
      case P384 -> this == ES384;
      case P521 -> this == ES512;
      case ED25519, ED448 -> this == EDDSA;
    };
  }

  /**
   * Whether a key that is meant for {@code meant} takes this: the same padding, and no weaker a
   * digest. RFC 7520's example key says PS256 and signs PS384.
   */
  boolean satisfies(@Nullable JwsAlgorithm meant) {
    return meant == null || (family == meant.family && bits >= meant.bits);
  }

  Signature signature() throws GeneralSecurityException {
    if (family != Family.PSS) {
      return Signature.getInstance(jdkName);
    }
    Signature signature = Signature.getInstance("RSASSA-PSS");
    signature.setParameter(
        new PSSParameterSpec(
            jdkName, "MGF1", digest(), bits / 8, PSSParameterSpec.TRAILER_FIELD_BC));
    return signature;
  }

  private MGF1ParameterSpec digest() throws NoSuchAlgorithmException {
    return switch (this) {
      case PS256 -> MGF1ParameterSpec.SHA256;
      case PS384 -> MGF1ParameterSpec.SHA384;
      case PS512 -> MGF1ParameterSpec.SHA512;
      default -> throw new NoSuchAlgorithmException(name());
    };
  }
}
