package dev.hawser.proxy.balance;

import java.util.concurrent.TimeUnit;

/**
 * Whether one way, address and server name together, leads anywhere; learned from connections that
 * fail and from probes.
 *
 * <p>Safe for use by any thread.
 */
public final class PathHealth {
  /**
   * A way that was doubted only for its address and passes a probe within this time was never down,
   * and needs no wait.
   */
  private static final long BRIEF_DOUBT = TimeUnit.SECONDS.toNanos(3);

  private final Condition condition;
  private final AddressHealth address;
  private volatile boolean ownFailure;

  PathHealth(Condition condition, AddressHealth address) {
    this.condition = condition;
    this.address = address;
  }

  Condition condition() {
    return condition;
  }

  AddressHealth address() {
    return address;
  }

  /**
   * A connection failed on this way.
   *
   * @param silentFor nanoseconds of silence that the failure took to be seen
   * @param blamesAddress whether it puts everything behind the address in doubt
   */
  void failed(boolean blamesAddress, long silentFor, String reason, long now) {
    ownFailure = true;
    condition.down(now, reason);
    if (blamesAddress) {
      address.doubtOthers(this, now - silentFor, now, reason + " on another way through here");
    }
  }

  /** Something else on the same address failed. */
  void doubt(long now, String reason) {
    if (condition.phase() != Condition.Phase.DOWN) {
      ownFailure = false;
      condition.down(now, reason);
    }
  }

  void probeSucceeded(long now) {
    Condition.State state = condition.state();
    if (state.phase() != Condition.Phase.DOWN) {
      return;
    }
    if (!ownFailure && now - state.since() < BRIEF_DOUBT) {
      condition.ready();
    } else {
      condition.recovering(now);
    }
  }

  void probeFailed(String reason, long now) {
    ownFailure = true;
    condition.down(now, "probe: " + reason);
  }
}
