package dev.hawser.controlplane.peer;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which gateways of this cluster others are told of. A gateway that lost its control plane most
 * likely still carries traffic, and callers eject a dead one by themselves; so one leaves the list
 * only after a while, and the last one never.
 */
final class GatewayRoster {
  /** How long a gateway may be disconnected before others are told that it is gone. */
  static final Duration HOLD = Duration.ofSeconds(10);

  /** How long after a start the gateways have to come back to their control plane. */
  static final Duration START_HOLD = Duration.ofSeconds(60);

  private final Map<String, Instant> lastSeen = new LinkedHashMap<>();
  private final Instant started;
  private List<String> connected = List.of();
  private Instant newest;

  /**
   * @param stored the list that was last told
   */
  GatewayRoster(Collection<String> stored, Instant started) {
    this.started = started;
    this.newest = started;
    stored.forEach(address -> lastSeen.put(address, started));
  }

  /** The gateways that are connected from now on. */
  void connected(Collection<String> addresses) {
    connected = List.copyOf(addresses);
  }

  /** Returns the list to tell, sorted. */
  List<String> advertised(Instant now) {
    connected.forEach(address -> lastSeen.put(address, now));
    if (!connected.isEmpty()) {
      newest = now;
    }
    boolean starting = Duration.between(started, now).compareTo(START_HOLD) < 0;
    if (!starting) {
      // Measured from when any was connected: once all are gone, all of the last ones stay.
      lastSeen.values().removeIf(seen -> Duration.between(seen, newest).compareTo(HOLD) >= 0);
    }
    return lastSeen.keySet().stream().sorted().toList();
  }
}
