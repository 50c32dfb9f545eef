package dev.hawser.agent.capture;

import dev.hawser.host.capture.Application;
import dev.hawser.host.capture.Capture;
import dev.hawser.host.capture.CapturePlan;
import java.time.Instant;
import java.util.Optional;

/**
 * What was asked for on this machine; whether it is so the kernel knows.
 *
 * @param confirmed comes back at each start
 * @param pending was applied after it and is not confirmed, or not yet
 */
record CaptureState(Optional<Kept> confirmed, Optional<Kept> pending) {
  static final CaptureState EMPTY = new CaptureState(Optional.empty(), Optional.empty());

  /**
   * One application.
   *
   * @param id names it in the kernel
   * @param listing the rules as the kernel's tool printed them right after; empty if the command
   *     was killed before it could ask
   */
  record Kept(
      String id,
      Capture.Choice filter,
      CapturePlan plan,
      Instant applied,
      Optional<String> listing) {
    Application application() {
      return new Application(id, plan);
    }

    Kept withListing(String text) {
      return new Kept(id, filter, plan, applied, Optional.of(text));
    }
  }

  /** Returns what a rule set of this id was made from. */
  Optional<Kept> find(String id) {
    return pending
        .filter(kept -> kept.id().equals(id))
        .or(() -> confirmed.filter(kept -> kept.id().equals(id)));
  }

  /** Returns the latest. */
  Optional<Kept> latest() {
    return pending.or(() -> confirmed);
  }
}
