package dev.hawser.proxy.exchange;

import dev.hawser.proxy.affinity.Affinity;
import dev.hawser.proxy.balance.Attempts;
import dev.hawser.proxy.balance.Balancer;
import dev.hawser.proxy.balance.Endpoint;
import dev.hawser.proxy.http.StreamFailure;
import dev.hawser.proxy.model.RetryRule;
import dev.hawser.proxy.upstream.UpstreamStat;
import dev.hawser.proxy.upstream.UpstreamStats;
import dev.hawser.proxy.upstream.WorkerUpstream;
import dev.hawser.proxy.worker.Worker;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/** The tries of one request on one upstream: how many there were, and where the next one goes. */
final class Tries {
  private final WorkerUpstream upstream;
  private final Worker worker;
  private final RetryJudge.Asked asked;
  private final Affinity affinity;
  private final boolean refusesUnprocessed;
  private final Attempts attempts;
  private int taken;
  private boolean denied;

  /**
   * Makes the book of a request that has not been tried.
   *
   * @param refusesUnprocessed whether what was not processed is better tried by the caller
   */
  Tries(
      WorkerUpstream upstream,
      Worker worker,
      RetryJudge.Asked asked,
      Affinity affinity,
      boolean refusesUnprocessed) {
    this.upstream = upstream;
    this.worker = worker;
    this.asked = asked;
    this.affinity = affinity;
    this.refusesUnprocessed = refusesUnprocessed;
    this.attempts = new Attempts(asked.rule().priorityRounds());
  }

  /** What to do next. */
  sealed interface Next {
    /** Nothing more: what has come stands. */
    record Stop() implements Next {}

    record TryOn(Endpoint endpoint) implements Next {}

    /** Something may be tried after a pause; {@link Tries#afterPause} says what. */
    record TryLater(long nanos) implements Next {}
  }

  private static final Next STOP = new Next.Stop();

  RetryRule rule() {
    return asked.rule();
  }

  /** Whether the budget stood in the way of a try. */
  boolean wasDenied() {
    return denied;
  }

  /** Returns the endpoint of the first try, or null if there is none. */
  @Nullable Endpoint first() {
    Balancer balancer = upstream.upstream().balancer();
    return balancer == null ? null : balancer.pick(affinity, upstream.rotation());
  }

  /** Returns where to try after a pause, or null if there is nothing. */
  @Nullable Endpoint afterPause() {
    Endpoint other = attempts.size() == 0 ? null : another(false);
    return other != null ? other : first();
  }

  /** Judges a failure to get a response. */
  Next afterFailure(Endpoint endpoint, StreamFailure.Kind kind, boolean replayable) {
    RetryJudge.Verdict verdict =
        refusesUnprocessed && kind.notSent()
            ? RetryJudge.Verdict.NO
            : RetryJudge.afterFailure(asked, kind, replayable, attempts.size() + 1);
    attempts.failed(endpoint);
    if (verdict == RetryJudge.Verdict.NO) {
      countExhausted();
      return STOP;
    }
    boolean onlyElsewhere = verdict == RetryJudge.Verdict.ONLY_ELSEWHERE;
    Endpoint next = another(onlyElsewhere);
    if ((next == null && onlyElsewhere) || !take()) {
      return STOP;
    }
    long pause = BackOff.byRule(rule(), taken, worker.random());
    if (pause > 0) {
      return new Next.TryLater(pause);
    }
    return next != null
        ? new Next.TryOn(next)
        : new Next.TryLater(BackOff.own(kind.notSent() ? attempts.size() : 0, worker.random()));
  }

  /** Judges a response by its head. */
  Next afterResponse(Endpoint endpoint, int status, Http2Headers response, boolean replayable) {
    RetryJudge.Verdict verdict =
        RetryJudge.afterResponse(asked, status, response, replayable, attempts.size() + 1);
    if (verdict == RetryJudge.Verdict.NO) {
      if (status >= 500) {
        countExhausted();
      } else if (taken > 0) {
        stats().count(UpstreamStat.RQ_RETRY_SUCCESS);
      }
      return STOP;
    }
    attempts.answeredBadly(endpoint);
    long asksFor =
        BackOff.byResponse(rule(), response, System.currentTimeMillis() / 1000, worker.random());
    Endpoint next = another(false);
    if (!take()) {
      return STOP;
    }
    long pause = asksFor > 0 ? asksFor : BackOff.byRule(rule(), taken, worker.random());
    if (pause == 0 && next == null) {
      // The one endpoint that there is gets time to answer otherwise.
      pause = BackOff.own(taken, worker.random());
    }
    return pause > 0 || next == null ? new Next.TryLater(pause) : new Next.TryOn(next);
  }

  private void countExhausted() {
    if (taken > 0 && taken >= rule().retries()) {
      stats().count(UpstreamStat.RQ_RETRY_LIMIT_EXCEEDED);
    }
  }

  private @Nullable Endpoint another(boolean onlyElsewhere) {
    Balancer balancer = upstream.upstream().balancer();
    return balancer == null
        ? null
        : balancer.pickAnother(affinity, attempts, onlyElsewhere, upstream.rotation());
  }

  private boolean take() {
    if (!upstream.takeRetry()) {
      denied = true;
      stats().count(UpstreamStat.RQ_RETRY_OVERFLOW);
      return false;
    }
    taken++;
    stats().count(UpstreamStat.RQ_RETRY);
    return true;
  }

  private UpstreamStats stats() {
    return upstream.upstream().stats();
  }

  /** The request is over. */
  void end() {
    for (; taken > 0; taken--) {
      upstream.giveBackRetry();
    }
    upstream.end();
  }
}
