package dev.hawser.proxy.jwt;

import dev.hawser.proxy.json.Json;
import dev.hawser.proxy.json.JsonException;
import dev.hawser.proxy.json.JsonReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A JSON Web Signature in compact form (RFC 7515 section 7.1), taken apart and not yet checked.
 * Extensions that must be understood ({@code crit}, {@code b64}) are refused; keys that a token
 * brings along ({@code jwk}, {@code jku}, {@code x5c}) are never looked at.
 */
public final class CompactToken {
  /** Characters that a token may have. */
  public static final int MAX_LENGTH = 16 * 1024;

  private final String text;
  private final Json.Members header;
  private final JwsAlgorithm algorithm;
  private final Optional<String> keyId;
  private final int payloadAt;
  private final int signatureAt;
  private final byte[] payload;
  private final byte[] signature;

  private CompactToken(String text, int payloadAt, int signatureAt) throws JwtException {
    this.text = text;
    this.payloadAt = payloadAt;
    this.signatureAt = signatureAt;
    this.header = header(text.substring(0, payloadAt - 1));
    this.algorithm = algorithm(header);
    this.keyId = keyId(header);
    if (header.get("crit") != null || header.get("b64") != null) {
      throw new JwtException(JwtFailure.HEADER_CRITICAL);
    }
    this.payload =
        Base64Url.decode(text.substring(payloadAt, signatureAt - 1))
            .orElseThrow(() -> new JwtException(JwtFailure.PAYLOAD_NOT_BASE64));
    this.signature =
        Base64Url.decode(text.substring(signatureAt))
            .orElseThrow(() -> new JwtException(JwtFailure.SIGNATURE_NOT_BASE64));
  }

  /**
   * Takes a token apart.
   *
   * @throws JwtException if it is none of the supported form and algorithms
   */
  public static CompactToken parse(String text) throws JwtException {
    if (text.length() > MAX_LENGTH) {
      throw new JwtException(JwtFailure.TOO_LONG);
    }
    int first = text.indexOf('.');
    int second = text.indexOf('.', first + 1);
    if (first < 0 || second < 0 || text.indexOf('.', second + 1) >= 0) {
      throw new JwtException(JwtFailure.BAD_FORMAT);
    }
    return new CompactToken(text, first + 1, second + 1);
  }

  private static Json.Members header(String encoded) throws JwtException {
    byte[] bytes =
        Base64Url.decode(encoded).orElseThrow(() -> new JwtException(JwtFailure.HEADER_NOT_BASE64));
    try {
      return JsonReader.readObject(bytes);
    } catch (JsonException _) {
      throw new JwtException(JwtFailure.HEADER_NOT_JSON);
    }
  }

  private static JwsAlgorithm algorithm(Json.Members header) throws JwtException {
    if (!(header.get("alg") instanceof Json.Text(String name))) {
      throw new JwtException(JwtFailure.HEADER_WITHOUT_ALGORITHM);
    }
    return JwsAlgorithm.ofToken(name)
        .orElseThrow(() -> new JwtException(JwtFailure.ALGORITHM_NOT_SUPPORTED));
  }

  private static Optional<String> keyId(Json.Members header) throws JwtException {
    return switch (header.get("kid")) {
      case null -> Optional.empty();
      case Json.Text(String id) -> Optional.of(id);
      default -> throw new JwtException(JwtFailure.HEADER_KEY_ID_NOT_TEXT);
    };
  }

  /** Returns the header, whose content nobody has vouched for before the signature is checked. */
  public Json.Members header() {
    return header;
  }

  /** Returns the payload's octets. */
  public byte[] payload() {
    return payload.clone();
  }

  /** Returns the payload as it stands in the token. */
  public String encodedPayload() {
    return text.substring(payloadAt, signatureAt - 1);
  }

  JwsAlgorithm algorithm() {
    return algorithm;
  }

  Optional<String> keyId() {
    return keyId;
  }

  byte[] signed() {
    return text.substring(0, signatureAt - 1).getBytes(StandardCharsets.US_ASCII);
  }

  byte[] signature() {
    return signature.clone();
  }
}
