package dev.hawser.proxy.upstream;

import dev.hawser.proxy.balance.Endpoint;
import dev.hawser.proxy.model.HealthCheck;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What active checks have found out about one endpoint, and when the next one is due. An endpoint
 * serves until its first check says otherwise. Safe for use by any thread.
 */
final class CheckWatch {
  /** How a check went. */
  enum Result {
    PASSED,
    /** It answered with what is not expected: there is nothing to wait for, as in Envoy. */
    REFUSED,
    /** It answered with what may pass. */
    FAILED,
    /** There was no answer. */
    SILENT
  }

  /** What {@link #begin} returns when there is nothing to do yet. */
  static final long NOT_DUE = -1;

  private final HealthCheck check;
  private long due;
  private boolean running;
  private boolean first = true;
  private boolean healthy = true;
  private int inRow;

  CheckWatch(HealthCheck check, long now) {
    this.check = check;
    this.due = now + random(check.pace().initialJitter());
  }

  boolean isOf(HealthCheck other) {
    return check.equals(other);
  }

  HealthCheck check() {
    return check;
  }

  /**
   * Begins the next check if it is due soon; it then counts as running.
   *
   * @param ahead nanoseconds after now that are soon
   * @return nanoseconds from now until it is due, or {@link #NOT_DUE}
   */
  synchronized long begin(long now, long ahead) {
    long left = due - now;
    if (running || left > ahead) {
      return NOT_DUE;
    }
    running = true;
    return Math.max(0, left);
  }

  /**
   * A check is over.
   *
   * @param traffic whether the upstream has had any
   */
  synchronized void end(
      Endpoint endpoint, Result result, String reason, boolean traffic, long now) {
    running = false;
    boolean passed = result == Result.PASSED;
    inRow = passed == healthy ? 0 : inRow + 1;
    boolean enough =
        first
            || (!passed && result == Result.REFUSED)
            || inRow >= (passed ? check.healthyThreshold() : check.unhealthyThreshold());
    boolean changes = passed != healthy && enough;
    boolean pending = passed != healthy && !enough;
    if (changes) {
      healthy = passed;
      inRow = 0;
    }
    if (!passed && !healthy) {
      endpoint.checkFailed(reason, now);
    } else if (passed && healthy) {
      endpoint.checkPassed(now);
    }
    first = false;
    due = now + pause(passed, pending, traffic);
  }

  /** As in Envoy the last result chooses, and an edge is where more of them would change it. */
  private long pause(boolean passed, boolean pending, boolean traffic) {
    HealthCheck.Pace pace = check.pace();
    Duration base;
    if (!traffic) {
      base = passed && !pending ? pace.noTrafficHealthy() : pace.noTraffic();
    } else if (pending) {
      base = passed ? pace.toHealthy() : pace.toUnhealthy();
    } else {
      base = passed ? pace.interval() : pace.unhealthy();
    }
    long nanos = base.toNanos();
    long share = nanos / 100 * pace.jitterPercent();
    return nanos + random(pace.jitter()) + (share > 0 ? random(Duration.ofNanos(share)) : 0);
  }

  private static long random(Duration most) {
    return most.isZero() ? 0 : ThreadLocalRandom.current().nextLong(most.toNanos() + 1);
  }
}
