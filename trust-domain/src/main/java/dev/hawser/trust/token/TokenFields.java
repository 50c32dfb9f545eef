package dev.hawser.trust.token;

import java.time.Instant;
import java.util.Base64;
import java.util.List;

/** What the parts of a token may be. */
final class TokenFields {
  private static final int SECRET_OCTETS = 32;
  private static final int MAX_SUBJECT = 253;
  private static final int MAX_ADDRESSES = 16;
  private static final int MAX_ADDRESS = 253 + 1 + 5;
  private static final int MAX_PORT = 65535;

  /** Seconds since the epoch until the year 9999, well inside what {@link Instant} holds. */
  private static final long MAX_SECONDS = 253_402_300_799L;

  private TokenFields() {}

  static void require(String field, boolean valid, String expected) {
    if (!valid) {
      throw new IllegalArgumentException("join token: " + field + " (expected: " + expected + ")");
    }
  }

  static boolean isHex(String value, int length) {
    if (value.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
        return false;
      }
    }
    return true;
  }

  static boolean isSecret(String value) {
    try {
      byte[] octets = Base64.getUrlDecoder().decode(value);
      // Only the canonical text: two texts of one secret would be two hashes.
      return octets.length == SECRET_OCTETS
          && Base64.getUrlEncoder().withoutPadding().encodeToString(octets).equals(value);
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  static boolean isSubject(String value) {
    return value.length() <= MAX_SUBJECT && value.chars().allMatch(c -> c >= ' ' && c < 0x7f);
  }

  static TokenKind kind(String name) {
    for (TokenKind kind : TokenKind.values()) {
      if (kind.name().equals(name)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "join token: kind (expected: one of " + List.of(TokenKind.values()) + ")");
  }

  static Instant seconds(long sinceEpoch) {
    require("expires", sinceEpoch > 0 && sinceEpoch <= MAX_SECONDS, "seconds since the epoch");
    return Instant.ofEpochSecond(sinceEpoch);
  }

  static List<String> addresses(String what, List<String> addresses) {
    require(what, addresses.size() <= MAX_ADDRESSES, "at most " + MAX_ADDRESSES + " addresses");
    for (String address : addresses) {
      require(
          what + " address " + printable(address), isAddress(address), "host:port, port 1-65535");
    }
    return List.copyOf(addresses);
  }

  private static boolean isAddress(String address) {
    int colon = address.lastIndexOf(':');
    if (address.length() > MAX_ADDRESS || colon < 1) {
      return false;
    }
    String host = address.substring(0, colon);
    String port = address.substring(colon + 1);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    boolean validHost =
        bracketed
            ? host.substring(1, host.length() - 1).matches("[0-9a-fA-F:.%a-z]{2,64}")
            : host.matches("[A-Za-z0-9.-]+");
    return validHost && port.matches("[1-9][0-9]{0,4}") && Integer.parseInt(port) <= MAX_PORT;
  }

  private static String printable(String value) {
    String shown = value.length() > 80 ? value.substring(0, 80) + "..." : value;
    return "'" + shown.replaceAll("[^ -~]", "?") + "'";
  }
}
