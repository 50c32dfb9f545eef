package dev.hawser.proxy.telemetry;

import dev.hawser.trust.spiffe.SpiffeId;
import org.jspecify.annotations.Nullable;

/**
 * Remembers who had the identity that was asked for last: where many requests come from one place
 * that is nearly always the same. Safe for use by any thread.
 */
public final class Parties {
  private record Known(SpiffeId id, Party party) {}

  private volatile @Nullable Known last;

  /** Returns who has this identity. */
  public Party of(@Nullable SpiffeId id) {
    if (id == null) {
      return Party.UNKNOWN;
    }
    Known known = last;
    if (known == null || !known.id().equals(id)) {
      known = new Known(id, Party.of(id));
      last = known;
    }
    return known.party();
  }
}
