package dev.hawser.proxy.jwt;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Base64url without padding (RFC 7515 section 2). One value has one text. */
final class Base64Url {
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private Base64Url() {}

  /** Returns the bytes, or nothing if the text is not what an encoder would have written. */
  static Optional<byte[]> decode(String text) {
    if (text.indexOf('=') >= 0) {
      return Optional.empty();
    }
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(text.getBytes(StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
    // Left-over bits that are not zero decode as well, which would give one token many texts.
    return encode(bytes).equals(text) ? Optional.of(bytes) : Optional.empty();
  }

  static String encode(byte[] bytes) {
    return ENCODER.encodeToString(bytes);
  }
}
