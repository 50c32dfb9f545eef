package dev.hawser.api.naming;

/** The alphabet of names: one RFC 1123 label. */
public final class Labels {
  /** Octets in a DNS label, RFC 1035 section 2.3.4. */
  public static final int MAX_LENGTH = 63;

  private Labels() {}

  /**
   * Whether the value is one RFC 1123 label in lower case: 1-63 of {@code a-z 0-9 -}, beginning and
   * ending with a letter or digit.
   */
  public static boolean isLabel(String value) {
    int length = value.length();
    if (length == 0 || length > MAX_LENGTH) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      boolean alphanumeric = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      boolean inner = c == '-' && i > 0 && i < length - 1;
      if (!alphanumeric && !inner) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns the value if it is a label.
   *
   * @param what what the value names, for the message, e.g. {@code "service name"}
   * @throws IllegalArgumentException if it is not; the message names the value and what was
   *     expected
   */
  public static String require(String what, String value) {
    if (!isLabel(value)) {
      throw new IllegalArgumentException(
          what
              + ": '"
              + value
              + "' (expected: 1-63 of a-z, 0-9 and '-', beginning and ending with a letter or digit)");
    }
    return value;
  }
}
