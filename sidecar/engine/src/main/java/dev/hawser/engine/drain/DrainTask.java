package dev.hawser.engine.drain;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** What one part of a process does when the drain begins. */
@FunctionalInterface
public interface DrainTask {
  /**
   * Stops taking new work and lets the present work finish.
   *
   * @param deadline what is still at work then is cut off by the task itself
   * @return completes when nothing is left
   */
  CompletionStage<?> drain(Duration deadline);
}
