package dev.hawser.controlplane.peer;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;

/** When to dial a member next, and through which of its gateways. The peer loop's. */
final class DialPlan {
  /** How long the higher name waits for the lower one to dial, so that one dials as a rule. */
  private static final Duration COURTESY = Duration.ofSeconds(1);

  /** A session that lived this long was good: the next failure is a new one. */
  private static final Duration GOOD = Duration.ofSeconds(10);

  private final Backoff backoff;
  private final boolean weAreLower;
  private Instant due;
  private Instant upSince;
  private int nextGateway;
  private int failedInRound;

  DialPlan(boolean weAreLower, RandomGenerator random, Instant now) {
    this.backoff = new Backoff(random);
    this.weAreLower = weAreLower;
    this.due = weAreLower ? now : now.plus(COURTESY);
    this.upSince = now;
  }

  boolean isDue(Instant now) {
    return !now.isBefore(due);
  }

  /** Returns the gateway whose turn it is. */
  String next(List<String> gateways) {
    String gateway = gateways.get(Math.floorMod(nextGateway, gateways.size()));
    nextGateway++;
    return gateway;
  }

  void atOnce(Instant now) {
    due = now;
  }

  void later(Instant now) {
    due = now.plus(COURTESY);
  }

  /** A session is in use. */
  void up(Instant now) {
    upSince = now;
    failedInRound = 0;
  }

  /** The session in use still is. */
  void stillUp(Instant now) {
    if (Duration.between(upSince, now).compareTo(GOOD) > 0) {
      backoff.reset();
    }
  }

  /** The session in use has ended. */
  void lost(Instant now) {
    failedInRound = 0;
    due = now.plus(backoff.next()).plus(weAreLower ? Duration.ZERO : COURTESY);
  }

  /**
   * An attempt to dial has failed: the next gateway is tried at once, and after all of them there
   * is a pause.
   */
  void failed(int gateways, Instant now) {
    failedInRound++;
    if (failedInRound < gateways) {
      due = now;
    } else {
      failedInRound = 0;
      due = now.plus(backoff.next());
    }
  }
}
