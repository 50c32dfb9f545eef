package dev.hawser.controlplane.snapshot;

import dev.hawser.api.model.Locality;

/**
 * One of the numbered places that another cluster offers for a service.
 *
 * @param number 0-9999
 * @param generation grows each time the number is given to another endpoint
 * @param weight relative share, at least 1
 */
public record RemoteSlot(int number, long generation, Locality locality, int weight) {
  public RemoteSlot {
    if (weight < 1) {
      throw new IllegalArgumentException(
          "weight of slot " + number + ": " + weight + " (expected: at least 1)");
    }
  }
}
