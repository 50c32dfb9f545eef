package dev.hawser.controlplane.exports;

import dev.hawser.api.naming.SniName;
import java.time.Instant;
import java.util.Optional;

/**
 * One numbered place of an exported service.
 *
 * @param number 0-9999
 * @param generation grows whenever the number is given to another endpoint; at least 1
 * @param endpoint key of the endpoint that holds it, or held it last
 * @param drainUntil when its old splices are closed for certain; empty while the endpoint lives
 */
public record Slot(int number, long generation, String endpoint, Optional<Instant> drainUntil) {
  public Slot {
    if (number < 0 || number > SniName.MAX_SLOT) {
      throw new IllegalArgumentException(
          "slot: " + number + " (expected: 0-" + SniName.MAX_SLOT + ")");
    }
    if (generation < 1) {
      throw new IllegalArgumentException(
          "generation of slot " + number + ": " + generation + " (expected: at least 1)");
    }
  }

  /** Whether a living endpoint has it. */
  public boolean isHeld() {
    return drainUntil.isEmpty();
  }

  /** Whether it may be given to another endpoint. */
  boolean isReusable(Instant now) {
    return drainUntil.isPresent() && !now.isBefore(drainUntil.get());
  }

  Slot draining(Instant until) {
    return new Slot(number, generation, endpoint, Optional.of(until));
  }

  /** The same endpoint is back: its callers' connections are still right, so nothing grows. */
  Slot returned() {
    return new Slot(number, generation, endpoint, Optional.empty());
  }
}
