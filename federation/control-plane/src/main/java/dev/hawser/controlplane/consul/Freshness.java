package dev.hawser.controlplane.consul;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Whether one blocking query is in touch with Consul, and how long to wait before it is tried
 * again. Guarded by the registry's lock.
 */
final class Freshness {
  /** Failures in a row after which a single service's query no longer holds the others up. */
  private static final int STUCK = 4;

  private static final long FIRST_MILLIS = 200;
  private static final long LONGEST_MILLIS = 2_000;

  private boolean answered;
  private int failures;
  private String reason = "";

  void answered() {
    answered = true;
    failures = 0;
    reason = "";
  }

  void failed(String why) {
    answered = false;
    failures++;
    reason = why;
  }

  /** Whether its last query was answered, so that what it knows is current. */
  boolean isFresh() {
    return answered;
  }

  /** Whether it fails again and again. */
  boolean isStuck() {
    return failures >= STUCK;
  }

  String reason() {
    return reason;
  }

  /** Returns the pause before the next try: doubling, and anywhere within its upper half. */
  Duration pause() {
    long most = Math.min(LONGEST_MILLIS, FIRST_MILLIS << Math.min(failures, 10));
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
  }
}
