package dev.hawser.trust.token;

/** What came of presenting a token. */
public sealed interface Redemption {
  /**
   * The token is good; after a redemption it is spent.
   *
   * @param record with the grant
   */
  record Accepted(TokenRecord record) implements Redemption {}

  /**
   * The token is not accepted.
   *
   * @param reason why
   * @param detail the whole sentence for whoever presented it, without secrets
   */
  record Refused(TokenRefusal reason, String detail) implements Redemption {}

  /** Whether the token is good. */
  default boolean accepted() {
    return this instanceof Accepted;
  }
}
