package dev.hawser.proxy.exchange;

import dev.hawser.proxy.http.StreamFailure.Kind;
import dev.hawser.proxy.model.RetryRule;
import dev.hawser.proxy.model.RetryRule.Condition;
import io.netty.util.AsciiString;

/** Decides whether a request may be tried again. Pure. */
final class RetryJudge {
  /** More tries than this find nothing that fewer have not. */
  private static final int MAX_TRIES = 10;

  /** The answer. */
  enum Verdict {
    NO,
    AGAIN,
    /** Only where none of the failures so far has been. */
    ONLY_ELSEWHERE
  }

  private RetryJudge() {}

  /** Whether doing it twice is the same as once (RFC 9110 section 9.2.2). */
  static boolean isIdempotent(CharSequence method) {
    return AsciiString.contentEquals(method, "GET")
        || AsciiString.contentEquals(method, "HEAD")
        || AsciiString.contentEquals(method, "PUT")
        || AsciiString.contentEquals(method, "DELETE")
        || AsciiString.contentEquals(method, "OPTIONS")
        || AsciiString.contentEquals(method, "TRACE");
  }

  /**
   * Judges a failure to get a response.
   *
   * @param idempotent whether the method is
   * @param replayable whether everything sent so far can be sent again
   * @param tries made so far
   */
  static Verdict afterFailure(
      RetryRule rule, Kind kind, boolean idempotent, boolean replayable, int tries) {
    if (!replayable || !(idempotent || kind.notSent()) || !covers(rule, kind)) {
      return Verdict.NO;
    }
    if (tries <= rule.retries()) {
      return Verdict.AGAIN;
    }
    // Nothing has been sent yet: another way costs a connection, not a second execution.
    boolean onTheWay = kind.blamesAddress() || kind == Kind.TLS || kind == Kind.GOAWAY;
    return rule.retries() > 0 && onTheWay && tries < MAX_TRIES
        ? Verdict.ONLY_ELSEWHERE
        : Verdict.NO;
  }

  private static boolean covers(RetryRule rule, Kind kind) {
    if (has(rule, Condition.RESET) || has(rule, Condition.SERVER_ERROR)) {
      return switch (kind) {
        case CANCELLED, OVERFLOW -> false;
        case PROTOCOL -> has(rule, Condition.SERVER_ERROR);
        default -> true;
      };
    }
    return switch (kind) {
      case CONNECT, CONNECT_TIMEOUT, TLS, TLS_TIMEOUT -> has(rule, Condition.CONNECT_FAILURE);
      case REFUSED, GOAWAY -> has(rule, Condition.REFUSED_STREAM);
      case TRY_TIMEOUT -> has(rule, Condition.GATEWAY_ERROR);
      case RESET, CLOSED, PING_TIMEOUT, PROTOCOL, CANCELLED, OVERFLOW -> false;
    };
  }

  private static boolean has(RetryRule rule, Condition condition) {
    return rule.on().contains(condition);
  }

  /** Judges a response by its status. */
  static Verdict afterStatus(
      RetryRule rule, int status, boolean idempotent, boolean replayable, int tries) {
    return idempotent && replayable && tries <= rule.retries() && rule.retries(status)
        ? Verdict.AGAIN
        : Verdict.NO;
  }
}
