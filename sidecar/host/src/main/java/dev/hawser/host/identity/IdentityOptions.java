package dev.hawser.host.identity;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * How a workload gets and keeps its identity.
 *
 * @param dataDir where key, certificate, bundles and enrolment are kept; made 0700
 * @param attestation what to enrol with if the data directory holds no valid identity
 * @param controlPlane {@code host:port} to use instead of the addresses of the enrolment; may be
 *     empty
 * @param timing pauses and limits
 * @param clock the wall clock that certificates are judged by
 */
public record IdentityOptions(
    Path dataDir,
    Optional<Attestation> attestation,
    List<String> controlPlane,
    Timing timing,
    InstantSource clock) {
  public IdentityOptions {
    controlPlane = List.copyOf(controlPlane);
  }

  /** Returns options that use what is on disk, with the system's clock and the usual timing. */
  public static IdentityOptions of(Path dataDir) {
    return new IdentityOptions(
        dataDir, Optional.empty(), List.of(), Timing.USUAL, InstantSource.system());
  }

  /** Returns the same options with an attestation. */
  public IdentityOptions with(Attestation value) {
    return new IdentityOptions(dataDir, Optional.of(value), controlPlane, timing, clock);
  }

  /** Returns the same options with other control-plane addresses. */
  public IdentityOptions withControlPlane(List<String> addresses) {
    return new IdentityOptions(dataDir, attestation, addresses, timing, clock);
  }

  /** Returns the same options with another clock and other pauses. */
  public IdentityOptions withTiming(Timing value, InstantSource source) {
    return new IdentityOptions(dataDir, attestation, controlPlane, value, source);
  }

  /**
   * Pauses and limits.
   *
   * @param tick how often the state is looked at
   * @param callDeadline for one call to a control plane, connection included
   * @param firstRetry the pause after the first failure; doubles up to {@code longestRetry}, each ±
   *     20 %
   * @param spread a renewal that all workloads of a cluster want at once happens at a random moment
   *     within it
   */
  public record Timing(
      Duration tick,
      Duration callDeadline,
      Duration firstRetry,
      Duration longestRetry,
      Duration spread) {
    /** Looks once a second; a call may take 10 s; retries after 1 s to 60 s; spreads over 20 s. */
    public static final Timing USUAL =
        new Timing(
            Duration.ofSeconds(1),
            Duration.ofSeconds(10),
            Duration.ofSeconds(1),
            Duration.ofSeconds(60),
            Duration.ofSeconds(20));
  }
}
