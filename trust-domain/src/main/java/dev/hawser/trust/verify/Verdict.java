package dev.hawser.trust.verify;

import dev.hawser.trust.spiffe.SpiffeId;
import java.util.Optional;

/** What a verifier says of a peer. */
public sealed interface Verdict {
  /**
   * The peer is who it says.
   *
   * @param spiffeId who that is
   */
  record Trusted(SpiffeId spiffeId) implements Verdict {}

  /**
   * The peer is not believed.
   *
   * @param reason which rule it broke
   * @param detail the values at hand: what was found and what was expected
   */
  record Refused(Reason reason, String detail) implements Verdict {
    /** Returns the whole sentence for an operator. */
    @Override
    public String toString() {
      return reason.sentence() + " [" + reason + ": " + detail + "]";
    }
  }

  /** Whether the peer is believed. */
  default boolean trusted() {
    return this instanceof Trusted;
  }

  /** Returns who the peer is, if it is believed. */
  default Optional<SpiffeId> id() {
    return this instanceof Trusted(SpiffeId spiffeId) ? Optional.of(spiffeId) : Optional.empty();
  }
}
