package dev.hawser.examples.load;

import java.time.Duration;
import java.time.Instant;

/**
 * One request and what became of it.
 *
 * @param sent when it was sent
 * @param took until the whole answer, or the failure, was there
 * @param status the HTTP status; 0 if no answer came
 * @param instance the instance that answered; empty if none did
 * @param cluster the cluster that answered; empty if none did
 * @param failure what went wrong; empty for an answer
 */
public record Sample(
    Instant sent, Duration took, int status, String instance, String cluster, String failure) {
  /** Whether the caller got what it asked for. */
  public boolean succeeded() {
    return status >= 200 && status < 400;
  }

  /** When the answer, or the failure, was there. */
  public Instant done() {
    return sent.plus(took);
  }
}
