package dev.hawser.proxy.balance;

import dev.hawser.proxy.model.OutlierPolicy;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the answers of one instance say about it, whatever way they came: bad ones in a row eject
 * it, and so do rates that {@link RateJudge} finds too low. On the good path this is a few reads.
 *
 * <p>Safe for use by any thread.
 */
public final class InstanceHealth {
  private final Condition condition;
  private final OutlierPolicy policy;
  private final BooleanSupplier mayEject;
  private final EjectionListener listener;
  private final AtomicInteger errors = new AtomicInteger();
  private final AtomicInteger gatewayFailures = new AtomicInteger();
  private final AtomicInteger localFailures = new AtomicInteger();
  private final LongAdder requests = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final @Nullable ResultWindow answers;
  private final @Nullable ResultWindow locals;
  private volatile int ejections;
  private volatile long lastEjection;

  /**
   * Makes one that nothing is held against.
   *
   * @param mayEject whether not too many are left out already
   */
  InstanceHealth(
      Condition condition,
      OutlierPolicy policy,
      BooleanSupplier mayEject,
      EjectionListener listener) {
    this.condition = condition;
    this.policy = policy;
    this.mayEject = mayEject;
    this.listener = listener;
    this.answers = policy.countsRates() ? new ResultWindow() : null;
    this.locals = policy.countsRates() && policy.split() ? new ResultWindow() : null;
  }

  Condition condition() {
    return condition;
  }

  /** Takes note of an answer's status. */
  void answered(int status, long now) {
    requests.increment();
    if (answers != null) {
      answers.add(status < 500);
    }
    noteReached();
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
    failures.increment();
    count(gateway, true, "status " + status, now);
  }

  /** Whatever it said, it could be reached. */
  private void noteReached() {
    if (locals != null) {
      locals.add(true);
    }
    if (localFailures.get() != 0) {
      localFailures.set(0);
    }
  }

  /**
   * Takes note that there was no answer.
   *
   * @param notProcessed it refused: asking again costs nobody anything, so the time out stays short
   */
  void failed(boolean notProcessed, String reason, long now) {
    requests.increment();
    failures.increment();
    if (!policy.split()) {
      if (answers != null) {
        answers.add(false);
      }
      count(true, !notProcessed, reason, now);
      return;
    }
    if (locals != null) {
      locals.add(false);
    }
    int inRow = localFailures.incrementAndGet();
    if (reaches(inRow, policy.localFailures())) {
      detect(
          EjectionCause.CONSECUTIVE_LOCAL_ORIGIN_FAILURE,
          isEnforced(policy.localFailures()),
          !notProcessed,
          reason + ", " + inRow + " in a row",
          now);
    } else if (condition.phase() == Condition.Phase.RAMPING && policy.isOn()) {
      eject(true, reason, now);
    }
  }

  private void count(boolean gateway, boolean grows, String reason, long now) {
    int inRow = errors.incrementAndGet();
    int gatewayInRow = gateway ? gatewayFailures.incrementAndGet() : 0;
    String detail = reason + ", " + inRow + " in a row";
    if (reaches(inRow, policy.serverErrors())) {
      boolean enforced = isEnforced(policy.serverErrors());
      detect(EjectionCause.CONSECUTIVE_5XX, enforced, grows, detail, now);
    } else if (reaches(gatewayInRow, policy.gatewayFailures())) {
      boolean enforced = isEnforced(policy.gatewayFailures());
      detect(EjectionCause.CONSECUTIVE_GATEWAY_FAILURE, enforced, grows, detail, now);
    } else if (gateway && condition.phase() == Condition.Phase.RAMPING && policy.isOn()) {
      // One that has just come back is not given the benefit of the doubt again.
      eject(grows, detail, now);
    }
  }

  /** A rule that acts always acts again at each further failure, any other once for each row. */
  private static boolean reaches(int count, OutlierPolicy.InRow rule) {
    int threshold = rule.count();
    return threshold > 0
        && count >= threshold
        && (rule.enforcing() == 100 || count % threshold == 0);
  }

  private static boolean isEnforced(OutlierPolicy.InRow rule) {
    return isEnforced(rule.enforcing());
  }

  private static boolean isEnforced(int percent) {
    return percent == 100 || (percent > 0 && ThreadLocalRandom.current().nextInt(100) < percent);
  }

  /** The rates of the last interval speak against it. */
  void deviates(EjectionCause cause, int enforcing, String reason, long now) {
    detect(cause, isEnforced(enforcing), true, reason, now);
  }

  private void detect(
      EjectionCause cause, boolean enforced, boolean grows, String reason, long now) {
    listener.detected(cause);
    if (enforced && policy.isOn() && eject(grows, reason, now)) {
      listener.enforced(cause);
    }
  }

  private synchronized boolean eject(boolean grows, String reason, long now) {
    if (condition.phase() == Condition.Phase.DOWN) {
      return false;
    }
    if (!mayEject.getAsBoolean()) {
      listener.overflowed();
      return false;
    }
    ejections = grows ? ejections + 1 : Math.max(1, ejections);
    lastEjection = now;
    OutlierPolicy.Ejection rule = policy.ejection();
    long base = rule.base().toNanos();
    long time = grows ? Math.min(base * ejections, rule.max().toNanos()) : base;
    long jitter = rule.jitter().toNanos();
    errors.set(0);
    gatewayFailures.set(0);
    localFailures.set(0);
    long extra = jitter == 0 ? 0 : ThreadLocalRandom.current().nextLong(jitter + 1);
    condition.down(now, now + Math.max(time, base) + extra, reason);
    return true;
  }

  /** Active checks have found it well. */
  void checkPassed(long now) {
    if (policy.ejection().endedByCheck() && condition.phase() == Condition.Phase.DOWN) {
      condition.recovering(now);
    }
  }

  /** Lets time pass: a long good time is forgiving. */
  void tick(long now) {
    condition.tick(now);
    if (ejections > 0
        && condition.phase() == Condition.Phase.READY
        && now - lastEjection > 2 * policy.ejection().max().toNanos()) {
      ejections = 0;
    }
  }

  /** Ends an interval; null if nothing is counted. */
  ResultWindow.@Nullable Sample takeAnswers() {
    return answers == null ? null : answers.take(this);
  }

  /** Ends an interval of failures to get an answer; null if nothing is counted. */
  ResultWindow.@Nullable Sample takeLocals() {
    return locals == null ? null : locals.take(this);
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
