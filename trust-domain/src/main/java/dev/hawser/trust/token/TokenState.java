package dev.hawser.trust.token;

/** Where a join token stands. */
public enum TokenState {
  /** It can be redeemed. */
  OPEN,
  /** It was redeemed, once and for all. */
  USED,
  /** Nobody redeemed it in time. */
  EXPIRED,
  /** It was withdrawn before anybody redeemed it. */
  REVOKED
}
