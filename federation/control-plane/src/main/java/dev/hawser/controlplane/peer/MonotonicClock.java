package dev.hawser.controlplane.peer;

import java.time.Instant;
import java.time.InstantSource;

/**
 * Begins at the wall clock's time and then only ever goes on: a step of the wall clock must not
 * kill a member or keep a dead one.
 */
final class MonotonicClock implements InstantSource {
  private final Instant begin;
  private final long beginNanos;

  MonotonicClock(InstantSource wall) {
    begin = wall.instant();
    beginNanos = System.nanoTime();
  }

  @Override
  public Instant instant() {
    return begin.plusNanos(System.nanoTime() - beginNanos);
  }
}
