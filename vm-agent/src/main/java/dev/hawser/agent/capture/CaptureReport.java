package dev.hawser.agent.capture;

import dev.hawser.host.capture.CapturePlan;
import dev.hawser.host.capture.Installed;
import java.util.List;
import java.util.Optional;

/**
 * How capture fares on this machine.
 *
 * @param installed what the kernel has
 * @param plan that the kernel's rules were made from, or that should be there; empty if none is
 *     known
 * @param differences between what was applied and what is there, as the kernel's tool prints it
 */
public record CaptureReport(
    Kind kind, Installed installed, Optional<CapturePlan> plan, List<String> differences) {
  public CaptureReport {
    differences = List.copyOf(differences);
  }

  /** Returns what it means, as half a sentence. */
  public String said() {
    return switch (kind) {
      case NONE -> "none: nothing is captured";
      case UNCONFIRMED -> "applied, unconfirmed, " + installed.left().toSeconds() + " s left";
      case CONFIRMED -> "confirmed";
      case NOT_KEPT -> "confirmed, but it will not come back at the next start";
      case DIFFERS -> "differs from the plan: somebody changed the rules";
      case UNKNOWN ->
          "rules of application '"
              + installed.id()
              + "' are there, which this data directory knows nothing of";
      case ROLLED_BACK -> "rolled back: the last plan was not confirmed in time";
      case EXPIRED ->
          "rolled back: the last plan was not confirmed in time; it captures nothing, but its"
              + " remains are there";
      case MISSING -> "none, though a confirmed plan is kept: somebody removed the rules";
    };
  }

  /** Returns what follows {@code hawser-agent capture} to mend it; empty if there is no need. */
  public String next() {
    return switch (kind) {
      case NONE, CONFIRMED -> "";
      case UNCONFIRMED, NOT_KEPT -> "confirm";
      case DIFFERS, MISSING -> "restore, or remove";
      case UNKNOWN -> "remove, or give its --data-dir";
      case ROLLED_BACK -> "apply, or remove";
      case EXPIRED -> "remove";
    };
  }

  /** What is to be said. */
  public enum Kind {
    /** Nothing is captured, and nothing should be. */
    NONE(true),
    /** It goes away by itself unless it is confirmed. */
    UNCONFIRMED(true),
    /** It stays, and comes back at each start. */
    CONFIRMED(true),
    /** It stays, and the command that confirmed it was killed before it could write that down. */
    NOT_KEPT(false),
    /** Somebody changed the rules. */
    DIFFERS(false),
    /** Rules of ours are there which this data directory knows nothing of. */
    UNKNOWN(false),
    /** It was not confirmed in time; what it captured before, if anything, is captured again. */
    ROLLED_BACK(false),
    /** It was not confirmed in time; it captures nothing, but its remains are there still. */
    EXPIRED(false),
    /** A confirmed plan is kept, but not in the kernel. */
    MISSING(false);

    private final boolean well;

    Kind(boolean well) {
      this.well = well;
    }

    /** Whether it is as somebody wants it. */
    public boolean isWell() {
      return well;
    }
  }
}
