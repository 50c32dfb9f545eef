package dev.hawser.proxy.balance;

import dev.hawser.proxy.model.OutlierPolicy;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;

/**
 * What the answers of one instance say about it, whatever way they came: bad ones in a row eject
 * it. On the good path this is two reads.
 *
 * <p>Safe for use by any thread.
 */
public final class InstanceHealth {
  private final Condition condition;
  private final OutlierPolicy policy;
  private final BooleanSupplier mayEject;
  private final AtomicInteger errors = new AtomicInteger();
  private final AtomicInteger gatewayFailures = new AtomicInteger();
  private final LongAdder requests = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private volatile int ejections;
  private volatile long lastEjection;

  InstanceHealth(Condition condition, OutlierPolicy policy, BooleanSupplier mayEject) {
    this.condition = condition;
    this.policy = policy;
    this.mayEject = mayEject;
  }

  Condition condition() {
    return condition;
  }

  /** Takes note of an answer's status. */
  void answered(int status, long now) {
    requests.increment();
    if (status < 500) {
      if (errors.get() != 0) {
        errors.set(0);
        gatewayFailures.set(0);
      }
      return;
    }
    boolean gateway = status >= 502 && status <= 504;
    if (!gateway && gatewayFailures.get() != 0) {
      gatewayFailures.set(0);
    }
    count(gateway, true, "status " + status, now);
  }

  /**
   * Takes note that there was no answer.
   *
   * @param notProcessed it refused: asking again costs nobody anything, so the time out stays short
   */
  void failed(boolean notProcessed, String reason, long now) {
    requests.increment();
    count(true, !notProcessed, reason, now);
  }

  private void count(boolean gateway, boolean grows, String reason, long now) {
    failures.increment();
    int inRow = errors.incrementAndGet();
    int gatewayInRow = gateway ? gatewayFailures.incrementAndGet() : 0;
    boolean over =
        reaches(inRow, policy.consecutive5xx())
            || reaches(gatewayInRow, policy.consecutiveGatewayFailures());
    // One that has just come back is not given the benefit of the doubt again.
    boolean relapse = gateway && condition.phase() == Condition.Phase.RAMPING;
    if ((over || relapse) && policy.maxEjectionPercent() > 0) {
      eject(grows, reason + ", " + inRow + " in a row", now);
    }
  }

  private static boolean reaches(int count, int threshold) {
    return threshold > 0 && count >= threshold;
  }

  private synchronized void eject(boolean grows, String reason, long now) {
    if (condition.phase() == Condition.Phase.DOWN || !mayEject.getAsBoolean()) {
      return;
    }
    ejections = grows ? ejections + 1 : Math.max(1, ejections);
    lastEjection = now;
    long base = policy.baseEjectionTime().toNanos();
    long time = grows ? Math.min(base * ejections, policy.maxEjectionTime().toNanos()) : base;
    errors.set(0);
    gatewayFailures.set(0);
    condition.down(now, now + Math.max(time, base), reason);
  }

  /** Lets time pass: a long good time is forgiving. */
  void tick(long now) {
    condition.tick(now);
    if (ejections > 0
        && condition.phase() == Condition.Phase.READY
        && now - lastEjection > 2 * policy.maxEjectionTime().toNanos()) {
      ejections = 0;
    }
  }

  /** Returns answers and failures so far. */
  long requests() {
    return requests.sum();
  }

  long failures() {
    return failures.sum();
  }

  int ejections() {
    return ejections;
  }
}
