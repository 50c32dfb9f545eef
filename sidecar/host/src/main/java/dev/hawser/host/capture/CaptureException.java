package dev.hawser.host.capture;

import org.jspecify.annotations.Nullable;

/** Says why the packet filter is not as it was asked to be, and what a person does about it. */
public final class CaptureException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String hint;

  /**
   * @param hint what to do next, as a sentence; may be empty
   */
  public CaptureException(String message, String hint) {
    this(message, hint, null);
  }

  CaptureException(String message, String hint, @Nullable Throwable cause) {
    super(message, cause);
    this.hint = hint;
  }

  /** Returns what to do next, as a sentence; empty if there is nothing to add. */
  public String hint() {
    return hint;
  }
}
