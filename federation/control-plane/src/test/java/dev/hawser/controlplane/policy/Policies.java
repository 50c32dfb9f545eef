package dev.hawser.controlplane.policy;

import java.time.Instant;

/** Policies for tests, from the documents that people write. */
public final class Policies {
  private Policies() {}

  /** Reads one document that is accepted. */
  public static Policy read(String yaml) {
    PolicyReader.Read read =
        new PolicyReader("default")
            .read(
                Documents.of(yaml).getFirst().tree().orElseThrow(),
                Instant.parse("2026-11-24T12:00:00Z"));
    return switch (read) {
      case PolicyReader.Read.Accepted accepted -> accepted.policy();
      case PolicyReader.Read.Refused refused ->
          throw new AssertionError("refused: " + refused.problems());
    };
  }
}
