package dev.hawser.host.identity;

import org.jspecify.annotations.Nullable;

/** Says why there is no identity, and what a person does about it. */
public final class IdentityException extends Exception {
  private static final long serialVersionUID = 1L;

  /** The control plane could not be reached; trying again may help. */
  public static final String UNREACHABLE = "control-plane-unreachable";

  /** This machine asked too often; trying again later helps. */
  public static final String RATE_LIMITED = "rate-limited";

  /** The server did not prove that it is the expected control plane; nothing was sent to it. */
  public static final String NOT_TRUSTED = "server-not-trusted";

  /** The stored certificate has ended and nothing is there to enrol with. */
  public static final String EXPIRED = "identity-expired";

  /** No identity is stored and nothing is there to enrol with. */
  public static final String ABSENT = "identity-absent";

  /** The data directory holds another cluster's identity than the token is for. */
  public static final String OTHER_CLUSTER = "identity-of-other-cluster";

  /** Something on this machine, e.g. the data directory, cannot be used. */
  public static final String LOCAL = "local-state";

  private final String code;
  private final String hint;

  IdentityException(String code, String message, String hint, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.hint = hint;
  }

  /** Returns a stable word for scripts, e.g. {@code token-used}. */
  public String code() {
    return code;
  }

  /** Returns what to do next, as a sentence; empty if there is nothing to add. */
  public String hint() {
    return hint;
  }

  /** Whether the same attempt may succeed later without anybody doing anything. */
  public boolean isTransient() {
    return code.equals(UNREACHABLE) || code.equals(RATE_LIMITED);
  }
}
