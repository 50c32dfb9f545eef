package dev.hawser.host.identity;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A wall clock that a test moves. */
public final class MovableClock implements InstantSource {
  private volatile Duration offset = Duration.ZERO;

  @Override
  public Instant instant() {
    return Instant.now().plus(offset);
  }

  public void advance(Duration by) {
    offset = offset.plus(by);
  }
}
