package dev.hawser.trust.token;

/** A text that is not a join token; it never contains the text itself, which may be a secret. */
public final class JoinTokenException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String hint;

  JoinTokenException(String message, String hint) {
    super(message);
    this.hint = hint;
  }

  /** Returns what to do next, as a sentence. */
  public String hint() {
    return hint;
  }
}
