package dev.hawser.trust.token;

/**
 * Hears of tokens that somebody used after they were spent: either a joiner that tried twice, or a
 * copy in the wrong hands, and then the first redemption may be the thief's.
 */
public interface TokenAlarm {
  /**
   * A genuine token came again. Called on the redeemer's thread; must be quick and not throw.
   *
   * @param record with the number of attempts so far
   * @param claimant who the second redeemer says it is
   */
  void usedAgain(TokenRecord record, String claimant);
}
