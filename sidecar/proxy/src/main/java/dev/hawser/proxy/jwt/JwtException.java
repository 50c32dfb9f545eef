package dev.hawser.proxy.jwt;

/** A token is not accepted. */
public final class JwtException extends Exception {
  private static final long serialVersionUID = 1L;

  private final JwtFailure failure;

  /** Made for each refused request, so it carries no stack. */
  JwtException(JwtFailure failure) {
    super(failure.message(), null, false, false);
    this.failure = failure;
  }

  public JwtFailure failure() {
    return failure;
  }
}
