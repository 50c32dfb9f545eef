package dev.hawser.engine.relay;

import java.time.Duration;

/**
 * How to relay.
 *
 * @param idleTimeout the relay is cut when no byte moves in either direction for this long
 * @param meter is told of bytes as they move
 */
public record RelayOptions(Duration idleTimeout, RelayMeter meter) {
  /** Returns options with the given idle timeout and no meter. */
  public static RelayOptions of(Duration idleTimeout) {
    return new RelayOptions(idleTimeout, (_, _) -> {});
  }
}
