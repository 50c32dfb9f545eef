package dev.hawser.controlplane.vm;

import java.time.Duration;

/**
 * How long leases live.
 *
 * @param lease after the last heartbeat
 * @param grace for leases known before a restart of the control plane, until their agents are heard
 *     again
 * @param memory how long a service is still known, with no endpoints, after its last lease ended:
 *     callers are told that nothing serves it rather than that there is no such name
 */
public record LeaseTimes(Duration lease, Duration grace, Duration memory) {
  /** 6 s, so that a VM whose agent is killed is out of every pool within 10 s; 60 s; one day. */
  public static final LeaseTimes DEFAULT =
      new LeaseTimes(Duration.ofSeconds(6), Duration.ofSeconds(60), Duration.ofDays(1));

  public LeaseTimes {
    if (lease.toSeconds() < 1) {
      throw new IllegalArgumentException("VM lease: " + lease + " (expected: at least PT1S)");
    }
    if (grace.compareTo(lease) < 0) {
      throw new IllegalArgumentException(
          "VM lease grace: " + grace + " (expected: at least the lease, " + lease + ")");
    }
    if (memory.isNegative()) {
      throw new IllegalArgumentException("VM lease memory: " + memory + " (expected: at least 0)");
    }
  }
}
