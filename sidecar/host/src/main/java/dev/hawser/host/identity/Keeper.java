package dev.hawser.host.identity;

import dev.hawser.trust.svid.RenewalSchedule;
import dev.hawser.trust.svid.Svid;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Decides when to renew. For the identity thread alone, except {@link #trouble}. */
final class Keeper {
  private final InstantSource clock;
  private final Backoff backoff;
  private @Nullable RenewalSchedule schedule;
  private long earliestAttempt = System.nanoTime();
  private @Nullable Svid ended;
  private final Duration spread;
  private boolean wanted;
  private @Nullable BigInteger issuer;
  private long issuerDue;
  private volatile @Nullable Trouble trouble;

  /** Why renewing does not work, and since when. */
  record Trouble(String reason, Instant since) {}

  Keeper(IdentityOptions.Timing timing, InstantSource clock) {
    this.clock = clock;
    this.backoff = new Backoff(timing, ThreadLocalRandom.current());
    this.spread = timing.spread();
  }

  /** Begins to watch over an SVID. */
  void follow(Svid svid) {
    schedule =
        RenewalSchedule.start(svid.leaf(), clock, System::nanoTime, ThreadLocalRandom.current());
    trouble = null;
    wanted = false;
  }

  /**
   * Notes a success. A control plane that knows of a new root or intermediate but still signs under
   * the old one is asked again with pauses, not in a loop.
   */
  void renewed(Svid svid, @Nullable X509Certificate currentRoot) {
    follow(svid);
    if ((currentRoot == null || endsIn(svid, currentRoot)) && isUnder(svid, issuer)) {
      backoff.reset();
      earliestAttempt = System.nanoTime();
    } else {
      earliestAttempt = System.nanoTime() + backoff.next().toNanos();
    }
  }

  /** New bundles are a reason to look at once, whatever failed before. */
  void bundlesChanged() {
    earliestAttempt = System.nanoTime();
    backoff.reset();
  }

  /** Somebody needs a renewal before its time. */
  void wanted() {
    wanted = true;
  }

  /**
   * Notes which intermediate signs now.
   *
   * @return whether that is news, and the SVID is under another one
   */
  boolean issuerIs(Svid svid, BigInteger serial) {
    if (serial.equals(issuer)) {
      return false;
    }
    issuer = serial;
    long within = Math.max(1, spread.toNanos());
    issuerDue = System.nanoTime() + ThreadLocalRandom.current().nextLong(within);
    return !isUnder(svid, serial);
  }

  boolean shouldRenew(Svid svid, @Nullable X509Certificate currentRoot) {
    if (System.nanoTime() - earliestAttempt < 0) {
      return false;
    }
    RenewalSchedule current = schedule;
    return current == null
        || wanted
        || current.due()
        || current.expired()
        || (currentRoot != null && !endsIn(svid, currentRoot))
        || (!isUnder(svid, issuer) && System.nanoTime() - issuerDue >= 0);
  }

  private static boolean isUnder(Svid svid, @Nullable BigInteger intermediate) {
    return intermediate == null || svid.chain().getLast().getSerialNumber().equals(intermediate);
  }

  /** Notes a failure and returns the pause until the next attempt. */
  Duration failed(@Nullable String reason) {
    Trouble before = trouble;
    Instant since = before == null ? clock.instant() : before.since();
    trouble = new Trouble(String.valueOf(reason), since);
    Duration pause = backoff.next();
    earliestAttempt = System.nanoTime() + pause.toNanos();
    return pause;
  }

  @Nullable Trouble trouble() {
    return trouble;
  }

  /** Returns true once per certificate, when it has ended. */
  boolean endedJustNow(Svid svid) {
    if (!clock.instant().isAfter(svid.notAfter()) || svid.equals(ended)) {
      return false;
    }
    ended = svid;
    return true;
  }

  private static boolean endsIn(Svid svid, X509Certificate root) {
    X509Certificate last = svid.chain().getLast();
    if (!last.getIssuerX500Principal().equals(root.getSubjectX500Principal())) {
      return false;
    }
    try {
      last.verify(root.getPublicKey());
      return true;
    } catch (GeneralSecurityException _) {
      // Two roots may bear the same name, above all when one replaces the other.
      return false;
    }
  }
}
