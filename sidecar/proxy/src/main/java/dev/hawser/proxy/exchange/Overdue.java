package dev.hawser.proxy.exchange;

import dev.hawser.proxy.http.StreamFailure;
import dev.hawser.proxy.reply.LocalReply;
import dev.hawser.proxy.reply.Replies;
import dev.hawser.proxy.upstream.UpstreamStat;
import java.time.Duration;

/** What becomes of a request when something takes too long. Lives on its event loop. */
final class Overdue {
  private final Exchange exchange;
  private final Side side;

  Overdue(Exchange exchange, Side side) {
    this.exchange = exchange;
    this.side = side;
  }

  /** The head of the response has not come within the time of a try. */
  void onTry() {
    failTry(UpstreamStat.RQ_PER_TRY_TIMEOUT, "no response head in time");
  }

  /** Nothing has come for the time that a try may be silent. */
  void onTryIdle() {
    if (exchange.hasAnswered()) {
      Course course = exchange.course();
      course.stats().count(UpstreamStat.RQ_PER_TRY_IDLE_TIMEOUT);
      end(Replies.idle(course.tries().rule().perTryIdle().orElse(Duration.ZERO)));
    } else {
      failTry(UpstreamStat.RQ_PER_TRY_IDLE_TIMEOUT, "no sign of life in time");
    }
  }

  private void failTry(UpstreamStat stat, String detail) {
    Attempt present = exchange.attempt();
    if (exchange.isOver() || exchange.hasAnswered() || present == null) {
      return;
    }
    exchange.course().stats().count(stat);
    present.timeOut(detail);
    exchange.onAttemptFailed(present, new StreamFailure(StreamFailure.Kind.TRY_TIMEOUT, detail));
  }

  /** The response is not whole within its time. */
  void onTotal() {
    if (exchange.isOver()) {
      return;
    }
    Course course = exchange.course();
    course.stats().count(UpstreamStat.RQ_TIMEOUT);
    end(Replies.timedOut(course.timeout().orElse(Duration.ZERO)));
  }

  /** Request and response together have taken their time. */
  void onStream() {
    end(Replies.tookTooLong(exchange.isRequestSent()));
  }

  /** Nothing has moved in either direction. */
  void onIdle() {
    end(Replies.idle(side.idleTimeout()));
  }

  /** The configuration of the upstream has not come. */
  void onAwait() {
    if (!exchange.isOver() && exchange.attempt() == null) {
      exchange.answer(Replies.notKnownYet(exchange.course().name()));
    }
  }

  private void end(LocalReply reply) {
    if (exchange.isOver()) {
      return;
    }
    Attempt present = exchange.attempt();
    if (present != null) {
      present.timeOut(reply.message());
    }
    exchange.breakOff(reply);
  }
}
