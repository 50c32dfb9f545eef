package dev.hawser.bench.cases;

import java.time.Duration;

/**
 * How long is measured.
 *
 * @param rounds at least 1
 * @param round of each subject in each round
 */
public record Plan(int rounds, Duration round) {
  public Plan {
    if (rounds < 1 || round.toSeconds() < 1) {
      throw new IllegalArgumentException(
          "rounds " + rounds + " of " + round + " (expected: at least one of at least 1 s)");
    }
  }

  /**
   * Returns for how long each subject is loaded before anything of a steady state is measured; what
   * that costs is measured by itself ({@link WarmUpCase}).
   */
  Duration warmUp() {
    return round.multipliedBy(5);
  }
}
