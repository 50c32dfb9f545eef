package dev.hawser.proxy.exchange;

import dev.hawser.proxy.http.HeaderNames;
import dev.hawser.proxy.http.StreamFailure.Kind;
import dev.hawser.proxy.model.FieldMatch;
import dev.hawser.proxy.model.RetryRule;
import dev.hawser.proxy.model.RetryRule.Condition;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.List;

/** Decides whether a request may be tried again. Pure. */
final class RetryJudge {
  /** More tries than this find nothing that fewer have not. */
  private static final int MAX_TRIES = 10;

  private static final AsciiString RATE_LIMITED = AsciiString.cached("x-envoy-ratelimited");
  private static final String METHOD = ":method";

  /** The answer. */
  enum Verdict {
    NO,
    AGAIN,
    /** Only where none of the failures so far has been. */
    ONLY_ELSEWHERE
  }

  /**
   * What is asked about a request.
   *
   * @param idempotent whether doing it twice is the same as once
   * @param grpc whether its answer may bring a status of gRPC
   */
  record Asked(RetryRule rule, boolean idempotent, boolean grpc) {}

  private RetryJudge() {}

  /**
   * Reads a request.
   *
   * @param rule of its route
   */
  static Asked ask(RetryRule rule, Http2Headers request, boolean grpc) {
    boolean idempotent = isIdempotent(String.valueOf(request.method()));
    if (rule.requestHeaders().isEmpty()) {
      return new Asked(rule, idempotent, grpc);
    }
    boolean wanted = false;
    for (FieldMatch match : rule.requestHeaders()) {
      if (match.test(request)) {
        wanted = true;
        // Who names the method says that requests with it may be made twice.
        idempotent |= match.name().equals(METHOD);
      }
    }
    return new Asked(wanted ? rule : RetryRule.none(), idempotent, grpc);
  }

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
   * @param replayable whether everything sent so far can be sent again
   * @param tries made so far
   */
  static Verdict afterFailure(Asked asked, Kind kind, boolean replayable, int tries) {
    RetryRule rule = asked.rule();
    if (!replayable || !(asked.idempotent() || kind.notSent()) || !covers(rule, kind)) {
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
    if (kind == Kind.CANCELLED || kind == Kind.OVERFLOW) {
      return false;
    }
    if (has(rule, Condition.SERVER_ERROR) || has(rule, Condition.GATEWAY_ERROR)) {
      return true;
    }
    if (has(rule, Condition.RESET) && kind != Kind.PROTOCOL) {
      return true;
    }
    return switch (kind) {
      case CONNECT, CONNECT_TIMEOUT, TLS, TLS_TIMEOUT ->
          has(rule, Condition.CONNECT_FAILURE) || has(rule, Condition.RESET_BEFORE_REQUEST);
      case REFUSED, GOAWAY -> has(rule, Condition.REFUSED_STREAM);
      case FORGOTTEN -> has(rule, Condition.FORGOTTEN);
      case RESET, RESET_CALMLY, CLOSED, PING_TIMEOUT, TRY_TIMEOUT, PROTOCOL, CANCELLED, OVERFLOW ->
          false;
    };
  }

  private static boolean has(RetryRule rule, Condition condition) {
    return rule.on().contains(condition);
  }

  /** Judges a response by its head, which for gRPC may be all of it. */
  static Verdict afterResponse(
      Asked asked, int status, Http2Headers response, boolean replayable, int tries) {
    if (!replayable || tries > asked.rule().retries()) {
      return Verdict.NO;
    }
    return isRetriable(asked, status, response) ? Verdict.AGAIN : Verdict.NO;
  }

  private static boolean isRetriable(Asked asked, int status, Http2Headers response) {
    RetryRule rule = asked.rule();
    // A limited request was not processed, so its method does not matter.
    if (response.contains(RATE_LIMITED)) {
      return has(rule, Condition.RATE_LIMITED);
    }
    if (asked.grpc() && !rule.grpcStatuses().isEmpty()) {
      // Who lists statuses of gRPC, where every method is POST, wants them tried again.
      int code = response.getInt(HeaderNames.GRPC_STATUS, -1);
      if (rule.grpcStatuses().contains(code)) {
        return true;
      }
    }
    return asked.idempotent()
        && (rule.retries(status)
            || (has(rule, Condition.HEADERS) && anyPasses(rule.headers(), response)));
  }

  private static boolean anyPasses(List<FieldMatch> matches, Http2Headers response) {
    for (FieldMatch match : matches) {
      if (match.test(response)) {
        return true;
      }
    }
    return false;
  }
}
