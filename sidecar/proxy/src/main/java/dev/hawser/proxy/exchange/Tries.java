package dev.hawser.proxy.exchange;

import dev.hawser.proxy.balance.Attempts;
import dev.hawser.proxy.balance.Balancer;
import dev.hawser.proxy.balance.Endpoint;
import dev.hawser.proxy.http.StreamFailure;
import dev.hawser.proxy.model.RetryRule;
import dev.hawser.proxy.upstream.UpstreamStat;
import dev.hawser.proxy.upstream.WorkerUpstream;
import org.jspecify.annotations.Nullable;

/** The tries of one request on one upstream: how many there were, and where the next one goes. */
final class Tries {
  private final WorkerUpstream upstream;
  private final RetryRule rule;
  private final boolean idempotent;
  private final boolean refusesUnprocessed;
  private final Attempts attempts = new Attempts();
  private int taken;
  private boolean denied;

  /**
   * Makes the book of a request that has not been tried.
   *
   * @param refusesUnprocessed whether what was not processed is better tried by the caller
   */
  Tries(WorkerUpstream upstream, RetryRule rule, boolean idempotent, boolean refusesUnprocessed) {
    this.upstream = upstream;
    this.rule = rule;
    this.idempotent = idempotent;
    this.refusesUnprocessed = refusesUnprocessed;
  }

  /** What to do after a failure. */
  sealed interface Next {
    /** Nothing more. */
    record GiveUp() implements Next {}

    record TryOn(Endpoint endpoint) implements Next {}

    /**
     * There is no other; the same may do after a pause.
     *
     * @param doublings of the shortest pause; 0 for none
     */
    record TryAgainHere(int doublings) implements Next {}
  }

  RetryRule rule() {
    return rule;
  }

  /** Whether the budget stood in the way of a try. */
  boolean wasDenied() {
    return denied;
  }

  /** Judges a failure to get a response. */
  Next afterFailure(Endpoint endpoint, StreamFailure.Kind kind, boolean replayable) {
    RetryJudge.Verdict verdict =
        refusesUnprocessed && kind.notSent()
            ? RetryJudge.Verdict.NO
            : RetryJudge.afterFailure(rule, kind, idempotent, replayable, attempts.size() + 1);
    attempts.failed(endpoint);
    if (verdict == RetryJudge.Verdict.NO) {
      return new Next.GiveUp();
    }
    boolean onlyElsewhere = verdict == RetryJudge.Verdict.ONLY_ELSEWHERE;
    Endpoint next = another(onlyElsewhere);
    if ((next == null && onlyElsewhere) || !take()) {
      return new Next.GiveUp();
    }
    return next != null
        ? new Next.TryOn(next)
        : new Next.TryAgainHere(kind.notSent() ? attempts.size() : 0);
  }

  /**
   * Judges a response by its status.
   *
   * @return where to try instead, or null if the response stands
   */
  @Nullable Endpoint afterStatus(Endpoint endpoint, int status, boolean replayable) {
    RetryJudge.Verdict verdict =
        RetryJudge.afterStatus(rule, status, idempotent, replayable, attempts.size() + 1);
    if (verdict == RetryJudge.Verdict.NO) {
      return null;
    }
    attempts.answeredBadly(endpoint);
    Endpoint next = another(false);
    return next != null && take() ? next : null;
  }

  private @Nullable Endpoint another(boolean onlyElsewhere) {
    Balancer balancer = upstream.upstream().balancer();
    return balancer == null
        ? null
        : balancer.pickAnother(attempts, onlyElsewhere, upstream.rotation());
  }

  private boolean take() {
    if (!upstream.takeRetry()) {
      denied = true;
      upstream.upstream().stats().count(UpstreamStat.RQ_RETRY_OVERFLOW);
      return false;
    }
    taken++;
    upstream.upstream().stats().count(UpstreamStat.RQ_RETRY);
    return true;
  }

  /** The request is over. */
  void end() {
    for (; taken > 0; taken--) {
      upstream.giveBackRetry();
    }
    upstream.end();
  }
}
