package dev.hawser.engine.relay;

import java.time.Duration;

/**
 * How a relay ended.
 *
 * @param bytesAToB read from a
 * @param bytesBToA read from b
 * @param duration from the splice to the end
 * @param ending why it ended
 * @param detail a sentence fragment for logs, maybe empty
 */
public record RelayResult(
    long bytesAToB, long bytesBToA, Duration duration, Ending ending, String detail) {
  /** Why a relay ended. */
  public enum Ending {
    /** Both sides said that they were done. */
    COMPLETE,
    /** Side a broke off. */
    RESET_BY_A,
    /** Side b broke off. */
    RESET_BY_B,
    /** Nothing moved for too long. */
    IDLE,
    /** Cut by us. */
    CUT
  }
}
