package dev.hawser.proxy.balance;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of an endpoint from one update to the next. Safe for use by any thread but where
 * something else is said.
 */
final class EndpointState {
  private final InstanceHealth instance;
  private final PathHealth path;
  private final Condition check;
  private final @Nullable Latency latency;
  private final AtomicInteger active = new AtomicInteger();
  private volatile long servingSince;
  private boolean served;

  EndpointState(
      InstanceHealth instance, PathHealth path, Condition check, @Nullable Latency latency) {
    this.instance = instance;
    this.path = path;
    this.check = check;
    this.latency = latency;
  }

  InstanceHealth instance() {
    return instance;
  }

  PathHealth path() {
    return path;
  }

  /** Returns what active checks say; ready where there are none. */
  Condition check() {
    return check;
  }

  @Nullable Latency latency() {
    return latency;
  }

  AtomicInteger active() {
    return active;
  }

  boolean isServing() {
    return path.condition().isServing() && instance.condition().isServing() && check.isServing();
  }

  boolean isDown() {
    return path.condition().phase() == Condition.Phase.DOWN
        || instance.condition().phase() == Condition.Phase.DOWN
        || check.phase() == Condition.Phase.DOWN;
  }

  double factor(long now) {
    return Math.min(
        Math.min(path.condition().factor(now), instance.condition().factor(now)),
        check.factor(now));
  }

  /** Takes note of whether it serves, for its slow start; only the one who builds calls this. */
  void noteServing(boolean serving, long now) {
    if (serving && !served) {
      servingSince = now;
    }
    served = serving;
  }

  /** Returns nanoseconds since it has been serving without a break. */
  long age(long now) {
    return now - servingSince;
  }
}
