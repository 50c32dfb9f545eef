package dev.hawser.trust.spiffe;

import org.jspecify.annotations.Nullable;

/**
 * A trust domain: one cluster's name under its mesh domain, e.g. {@code east.mesh.internal}.
 *
 * <p>SPIFFE allows {@code _} and any dots; Hawser accepts lower-case DNS names only, because name
 * constraints carry them as URI hosts (RFC 5280 section 4.2.1.10) and the JDK's parser for those
 * throws on anything else.
 *
 * @param name lower-case DNS name of 1-255 octets, each label of 1-63 of {@code a-z 0-9 -} that
 *     begins and ends with a letter or digit; the last label is not a number
 */
public record TrustDomain(String name) implements Comparable<TrustDomain> {
  /** Octets in a trust domain's name, SPIFFE-ID section 2.3. */
  public static final int MAX_LENGTH = 255;

  private static final int MAX_LABEL = 63;
  private static final String EXPECTED =
      "a lower-case DNS name of at most 255 octets, e.g. east.mesh.internal";

  /**
   * Makes a trust domain.
   *
   * @throws IllegalArgumentException if the name is not one; the message names it
   */
  public TrustDomain {
    String problem = problem(name);
    if (problem != null) {
      throw new IllegalArgumentException(
          "trust domain: " + Quoted.of(name) + " " + problem + " (expected: " + EXPECTED + ")");
    }
  }

  /**
   * Returns the trust domain of a cluster.
   *
   * @throws IllegalArgumentException if the two do not make one
   */
  public static TrustDomain of(String cluster, String meshDomain) {
    return new TrustDomain(cluster + "." + meshDomain);
  }

  @Override
  public int compareTo(TrustDomain other) {
    return name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return name;
  }

  private static @Nullable String problem(String name) {
    if (name.isEmpty()) {
      return "is empty";
    }
    if (name.length() > MAX_LENGTH) {
      return "has " + name.length() + " octets";
    }
    int start = 0;
    while (true) {
      int dot = name.indexOf('.', start);
      int end = dot < 0 ? name.length() : dot;
      String problem = labelProblem(name, start, end);
      if (problem != null) {
        return problem;
      }
      if (dot < 0) {
        // A URI host whose last label is a number is an IPv4 address (RFC 3986, WHATWG URL).
        return isNumber(name, start, end) ? "looks like an IP address" : null;
      }
      start = dot + 1;
    }
  }

  private static @Nullable String labelProblem(String name, int start, int end) {
    if (start == end) {
      return "has an empty label";
    }
    if (end - start > MAX_LABEL) {
      return "has a label of " + (end - start) + " octets";
    }
    for (int i = start; i < end; i++) {
      char c = name.charAt(i);
      boolean alphanumeric = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      boolean inner = c == '-' && i > start && i < end - 1;
      if (!alphanumeric && !inner) {
        return "has " + Quoted.character(c) + " at index " + i;
      }
    }
    return null;
  }

  private static boolean isNumber(String name, int start, int end) {
    for (int i = start; i < end; i++) {
      if (name.charAt(i) < '0' || name.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }
}
