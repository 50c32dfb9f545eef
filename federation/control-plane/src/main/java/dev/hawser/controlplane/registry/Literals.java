package dev.hawser.controlplane.registry;

import java.net.InetAddress;
import java.util.Locale;
import java.util.regex.Pattern;

/** The values of endpoints that every adapter must check, with one wording for what is wrong. */
public final class Literals {
  /** As Kubernetes names service accounts: an RFC 1123 subdomain. */
  private static final Pattern SERVICE_ACCOUNT =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

  private static final int MAX_SERVICE_ACCOUNT = 253;
  private static final Pattern DOTTED_QUAD = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

  private Literals() {}

  /**
   * Returns the address if it is an IP literal that can be connected to.
   *
   * @param what what the value is, for the message, e.g. {@code spec.endpoints[0].address}
   * @throws IllegalArgumentException if it is not
   */
  public static String requireAddress(String what, String value) {
    String expected = "' (expected: an IPv4 or IPv6 address such as 10.1.2.3 or fd00::1)";
    boolean v6 = value.indexOf(':') >= 0;
    if (!v6 && !DOTTED_QUAD.matcher(value).matches()) {
      throw new IllegalArgumentException(what + ": '" + value + expected);
    }
    InetAddress address;
    try {
      address = InetAddress.ofLiteral(value);
    } catch (IllegalArgumentException malformed) {
      throw new IllegalArgumentException(what + ": '" + value + expected, malformed);
    }
    if (value.indexOf('%') >= 0 || value.indexOf('[') >= 0) {
      throw new IllegalArgumentException(what + ": '" + value + expected);
    }
    if (address.isAnyLocalAddress() || address.isMulticastAddress()) {
      throw new IllegalArgumentException(
          what + ": '" + value + "' (expected: the address of one instance)");
    }
    return value.toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the service account's name if it can stand in a SPIFFE id.
   *
   * @param what what the value is, for the message
   * @throws IllegalArgumentException if it cannot
   */
  public static String requireServiceAccount(String what, String value) {
    if (value.length() > MAX_SERVICE_ACCOUNT || !SERVICE_ACCOUNT.matcher(value).matches()) {
      throw new IllegalArgumentException(
          what
              + ": '"
              + value
              + "' (expected: at most 253 of a-z, 0-9, '-' and '.', each part beginning and ending"
              + " with a letter or digit)");
    }
    return value;
  }
}
