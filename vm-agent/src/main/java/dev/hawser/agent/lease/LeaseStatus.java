package dev.hawser.agent.lease;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the lease fares.
 *
 * @param state as below
 * @param address of the control plane, empty before the first attempt
 * @param lastReply when the control plane last said that the lease lives
 * @param seconds the lease's length after each reply; 0 before the first
 * @param trouble why there is no stream, as a sentence; empty if there is one
 * @param hint what to do about it; empty if nothing
 * @param since when the state began
 */
public record LeaseStatus(
    State state,
    String address,
    @Nullable Instant lastReply,
    long seconds,
    String trouble,
    String hint,
    Instant since) {
  /** Where the lease is. */
  public enum State {
    /** No stream yet, or none any more; being tried. */
    CONNECTING,
    /** Replies come. */
    HELD,
    /** The control plane does not give a lease to this identity. */
    REFUSED,
    /** Nothing to lease: the token brought no services. */
    NONE,
    /** Ended of its own will. */
    LEFT
  }

  /** Returns whether the lease has run out by now for want of replies. */
  public boolean hasRunOut(Instant now) {
    Instant reply = lastReply;
    return reply == null || now.isAfter(reply.plusSeconds(seconds));
  }
}
