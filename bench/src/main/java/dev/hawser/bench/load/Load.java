package dev.hawser.bench.load;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Puts a target under load. */
public interface Load {
  /**
   * Runs for a while and returns what was done; blocks.
   *
   * @throws IOException if the load itself could not be run
   */
  LoadResult run(Target target, Duration duration) throws IOException, InterruptedException;

  /**
   * Returns the same requests at a steady rate; empty if this load knows no rate.
   *
   * @param perSecond requests, all connections together
   */
  default Optional<Load> at(double perSecond) {
    return Optional.empty();
  }
}
