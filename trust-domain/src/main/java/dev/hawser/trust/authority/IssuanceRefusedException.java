package dev.hawser.trust.authority;

/** A request that an authority does not sign; the message is for whoever asked. */
public final class IssuanceRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public IssuanceRefusedException(String message) {
    super(message);
  }

  public IssuanceRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
