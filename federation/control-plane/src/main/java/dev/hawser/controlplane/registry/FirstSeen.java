package dev.hawser.controlplane.registry;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * Remembers when each item of a source was first seen, for as long as it keeps being seen. Not
 * thread-safe: it belongs to the thread that builds the source's states.
 */
public final class FirstSeen {
  private final InstantSource clock;
  private Map<String, Instant> before = Map.of();
  private Map<String, Instant> now = new HashMap<>();

  public FirstSeen(InstantSource clock) {
    this.clock = clock;
  }

  /** Returns when the item was first seen: now, unless it was in the state before. */
  public Instant since(String item) {
    return now.computeIfAbsent(
        item,
        key -> {
          Instant known = before.get(key);
          return known == null ? clock.instant() : known;
        });
  }

  /** Ends one state: what was not asked for since the last call is forgotten. */
  public void endOfState() {
    before = now;
    now = new HashMap<>(before.size() * 2);
  }
}
