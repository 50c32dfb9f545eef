package dev.hawser.proxy.balance;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/**
 * Whether something may serve: it goes down at once and comes back slowly. What was down must be
 * healthy for the stability time without a break, then its share grows over half as long.
 *
 * <p>Safe for use by any thread; times are {@link System#nanoTime} nanoseconds.
 */
public final class Condition {
  /** Share of a ramp's first moment: enough to see whether it works. */
  private static final double RAMP_START = 0.05;

  /** Where it stands. */
  public enum Phase {
    READY,
    /** Left out. */
    DOWN,
    /** Healthy again, but not long enough: used only if there is nothing better. */
    RECOVERING,
    /** Back, with a growing share. */
    RAMPING
  }

  /**
   * A phase and its beginning.
   *
   * @param until end of a DOWN that ends by itself, or {@link Long#MAX_VALUE}
   * @param reason for people, of the last DOWN
   */
  public record State(Phase phase, long since, long until, String reason) {}

  private static final State READY = new State(Phase.READY, 0, 0, "");

  private final AtomicReference<State> state = new AtomicReference<>(READY);
  private final long stability;
  private final long ramp;
  private final Runnable onChange;

  /**
   * Makes one that is ready.
   *
   * @param stabilityNanos 0 comes back at once
   * @param onChange run after each change of phase, on the thread that caused it
   */
  Condition(long stabilityNanos, Runnable onChange) {
    this.stability = stabilityNanos;
    this.ramp = stabilityNanos / 2;
    this.onChange = onChange;
  }

  State state() {
    return state.get();
  }

  Phase phase() {
    return state.get().phase();
  }

  /** Whether it takes a regular share. */
  boolean isServing() {
    Phase phase = phase();
    return phase == Phase.READY || phase == Phase.RAMPING;
  }

  /** Goes down until something brings it back. */
  void down(long now, String reason) {
    down(now, Long.MAX_VALUE, reason);
  }

  /** Goes down, at least until the given time. */
  void down(long now, long until, String reason) {
    change(present ->
        present.phase() == Phase.DOWN && present.until() >= until
            ? present
            : new State(
                Phase.DOWN, present.phase() == Phase.DOWN ? present.since() : now, until, reason));
  }

  /** Begins the wait for stability, if it is not under way. */
  void recovering(long now) {
    change(present ->
        switch (present.phase()) {
          case RECOVERING, RAMPING -> present;
          case READY, DOWN -> startRecovery(now, present.reason());
        });
  }

  private State startRecovery(long since, String reason) {
    return stability == 0 ? READY : new State(Phase.RECOVERING, since, 0, reason);
  }

  /** Takes its full share at once. */
  void ready() {
    change(_ -> READY);
  }

  /** Lets time pass. */
  void tick(long now) {
    change(present ->
        switch (present.phase()) {
          case READY -> present;
          case DOWN -> now - present.until() < 0 ? present : endOfDown(present, now);
          case RECOVERING ->
              now - present.since() >= stability
                  ? new State(Phase.RAMPING, now, 0, present.reason())
                  : present;
          case RAMPING -> now - present.since() >= ramp ? READY : present;
        });
  }

  /** A time out that was long enough counts as the wait: nothing bad was seen meanwhile. */
  private State endOfDown(State present, long now) {
    if (present.until() == Long.MAX_VALUE) {
      return present;
    }
    if (stability == 0) {
      return READY;
    }
    return now - present.since() >= stability
        ? new State(Phase.RAMPING, now, 0, present.reason())
        : new State(Phase.RECOVERING, present.since(), 0, present.reason());
  }

  /** Returns the share it takes of what it would have when ready, 0 to 1. */
  double factor(long now) {
    State present = state.get();
    return switch (present.phase()) {
      case READY -> 1;
      case DOWN, RECOVERING -> 0;
      case RAMPING ->
          ramp == 0 ? 1 : Math.clamp((double) (now - present.since()) / ramp, RAMP_START, 1);
    };
  }

  private void change(UnaryOperator<State> step) {
    State before = state.getAndUpdate(step);
    // The step is pure, so applying it again tells what the update wrote.
    if (step.apply(before).phase() != before.phase()) {
      onChange.run();
    }
  }
}
