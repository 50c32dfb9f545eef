package dev.hawser.trust.spiffe;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A SPIFFE id, {@code spiffe://<trust domain><path>} (SPIFFE-ID section 2).
 *
 * <p>Only the canonical form is accepted: lower-case scheme and trust domain, no port, user, query,
 * fragment or percent sign. Two ids are the same identity exactly when they are equal.
 *
 * @param trustDomain who vouches for it
 * @param path empty for the trust domain itself, else {@code /segment} one or more times, each of
 *     {@code a-z A-Z 0-9 . - _} and neither {@code .} nor {@code ..}
 */
public record SpiffeId(TrustDomain trustDomain, String path) {
  /** Octets in a whole id, SPIFFE-ID section 2.3. */
  public static final int MAX_LENGTH = 2048;

  /** The namespace of the mesh's own processes. */
  public static final String SYSTEM_NAMESPACE = "hawser-system";

  private static final String SCHEME = "spiffe://";

  /**
   * Makes an id of its parts.
   *
   * @throws IllegalArgumentException if the path is not one or the id is too long; the message
   *     names the value
   */
  public SpiffeId {
    String problem = pathProblem(path);
    if (problem == null
        && SCHEME.length() + trustDomain.name().length() + path.length() > MAX_LENGTH) {
      problem = "makes an id of more than " + MAX_LENGTH + " octets";
    }
    if (problem != null) {
      throw new IllegalArgumentException(
          "SPIFFE path: "
              + Quoted.of(path)
              + " "
              + problem
              + " (expected: /segment one or more times, of a-z, A-Z, 0-9, '.', '-' and '_')");
    }
  }

  /**
   * Reads an id.
   *
   * @throws IllegalArgumentException if it is not a canonical SPIFFE id; the message names it
   */
  public static SpiffeId parse(String uri) {
    if (uri.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "SPIFFE id: "
              + Quoted.of(uri)
              + " has "
              + uri.length()
              + " octets (expected: at most "
              + MAX_LENGTH
              + ")");
    }
    if (!uri.startsWith(SCHEME)) {
      throw new IllegalArgumentException(
          "SPIFFE id: " + Quoted.of(uri) + " (expected: spiffe://<trust domain>/<path>)");
    }
    int slash = uri.indexOf('/', SCHEME.length());
    String authority = uri.substring(SCHEME.length(), slash < 0 ? uri.length() : slash);
    try {
      return new SpiffeId(new TrustDomain(authority), slash < 0 ? "" : uri.substring(slash));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("SPIFFE id: " + Quoted.of(uri) + ": " + e.getMessage(), e);
    }
  }

  /**
   * Returns the id of a workload, {@code /ns/<namespace>/sa/<service account>}.
   *
   * @throws IllegalArgumentException if either is not one path segment
   */
  public static SpiffeId workload(
      TrustDomain trustDomain, String namespace, String serviceAccount) {
    requireSegment("namespace", namespace);
    requireSegment("service account", serviceAccount);
    return new SpiffeId(trustDomain, "/ns/" + namespace + "/sa/" + serviceAccount);
  }

  /** Returns the id of a cluster's control plane. */
  public static SpiffeId controlPlane(TrustDomain trustDomain) {
    return workload(trustDomain, SYSTEM_NAMESPACE, "control-plane");
  }

  /** Returns the id of a cluster's east-west gateways. */
  public static SpiffeId gateway(TrustDomain trustDomain) {
    return workload(trustDomain, SYSTEM_NAMESPACE, "gateway");
  }

  /** Returns the namespace, if the path is that of a workload. */
  public Optional<String> namespace() {
    return workloadPart(0);
  }

  /** Returns the service account, if the path is that of a workload. */
  public Optional<String> serviceAccount() {
    return workloadPart(1);
  }

  /** Returns the URI. */
  @Override
  public String toString() {
    return SCHEME + trustDomain.name() + path;
  }

  private Optional<String> workloadPart(int index) {
    String[] parts = path.split("/", -1);
    boolean workload = parts.length == 5 && parts[1].equals("ns") && parts[3].equals("sa");
    return workload ? Optional.of(parts[2 + 2 * index]) : Optional.empty();
  }

  private static void requireSegment(String what, String value) {
    if (value.indexOf('/') >= 0 || pathProblem("/" + value) != null) {
      throw new IllegalArgumentException(
          what
              + ": "
              + Quoted.of(value)
              + " (expected: one path segment of a-z, A-Z, 0-9, '.', '-' and '_')");
    }
  }

  private static @Nullable String pathProblem(String path) {
    if (path.isEmpty()) {
      return null;
    }
    if (path.charAt(0) != '/') {
      return "does not begin with '/'";
    }
    int start = 1;
    while (start <= path.length()) {
      int slash = path.indexOf('/', start);
      int end = slash < 0 ? path.length() : slash;
      String segment = path.substring(start, end);
      if (segment.isEmpty()) {
        return end == path.length() ? "ends with '/'" : "has an empty segment";
      }
      if (segment.equals(".") || segment.equals("..")) {
        return "has the segment '" + segment + "'";
      }
      for (int i = start; i < end; i++) {
        if (!isPathCharacter(path.charAt(i))) {
          return "has " + Quoted.character(path.charAt(i)) + " at index " + i;
        }
      }
      start = end + 1;
    }
    return null;
  }

  private static boolean isPathCharacter(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '-'
        || c == '_';
  }
}
