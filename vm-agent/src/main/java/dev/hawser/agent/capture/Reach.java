package dev.hawser.agent.capture;

import java.io.IOException;
import java.util.Optional;

/** Asks whether the agent reaches its control plane as things stand. */
public interface Reach {
  /**
   * Tries it now.
   *
   * @return why it does not; empty if it does
   */
  Optional<String> trouble() throws IOException, InterruptedException;
}
