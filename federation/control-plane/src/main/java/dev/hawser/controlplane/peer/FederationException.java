package dev.hawser.controlplane.peer;

import java.io.Serial;

/** A join or leave that was refused or failed; nothing changed unless the message says so. */
public final class FederationException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final String code;
  private final String hint;
  private final int httpStatus;

  /**
   * @param code stable, for scripts, e.g. {@code token-used}
   * @param message names the value and what was expected
   * @param hint what to do next
   */
  FederationException(int httpStatus, String code, String message, String hint) {
    super(message);
    this.httpStatus = httpStatus;
    this.code = code;
    this.hint = hint;
  }

  FederationException(int httpStatus, String code, String message, String hint, Throwable cause) {
    super(message, cause);
    this.httpStatus = httpStatus;
    this.code = code;
    this.hint = hint;
  }

  public String code() {
    return code;
  }

  public String hint() {
    return hint;
  }

  /** Returns the status of an HTTP answer about it. */
  public int httpStatus() {
    return httpStatus;
  }
}
