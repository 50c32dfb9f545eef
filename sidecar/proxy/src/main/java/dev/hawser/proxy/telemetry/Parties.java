package dev.hawser.proxy.telemetry;

import dev.hawser.trust.spiffe.SpiffeId;
import org.jspecify.annotations.Nullable;

/**
 * Remembers who had the identity that was asked for last: where many requests come from one place
 * that is nearly always the same. Safe for use by any thread.
 */
public final class Parties {
  private record Known(SpiffeId id, Party party) {}

  private final @Nullable String version;
  private volatile @Nullable Known last;

  /** Makes one whose parties say no version. */
  public Parties() {
    this(null);
  }

  /**
   * Makes one.
   *
   * @param version of all that are asked for here; null if it is not known
   */
  public Parties(@Nullable String version) {
    this.version = version;
  }

  /** Returns who has this identity. */
  public Party of(@Nullable SpiffeId id) {
    if (id == null) {
      return Party.UNKNOWN;
    }
    Known known = last;
    if (known == null || !known.id().equals(id)) {
      Party party = Party.of(id);
      known = new Known(id, version == null ? party : party.version(version));
      last = known;
    }
    return known.party();
  }
}
