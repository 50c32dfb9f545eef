package dev.hawser.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.proxy.http.StreamFailure.Kind;
import dev.hawser.proxy.model.FieldMatch;
import dev.hawser.proxy.model.RetryRule;
import dev.hawser.proxy.model.RetryRule.Condition;
import dev.hawser.proxy.model.TextMatch;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryJudgeTest {
  private static RetryRule rule(Set<Condition> on, Set<Integer> grpc, List<FieldMatch> request) {
    return new RetryRule(
        on,
        2,
        Optional.empty(),
        Optional.empty(),
        Set.of(418),
        grpc,
        List.of(new FieldMatch("x-again", Optional.empty(), true, false, false)),
        request,
        Optional.of(new RetryRule.BackOff(Duration.ofMillis(10), Duration.ofMillis(50))),
        Optional.of(
            new RetryRule.RateLimited(
                List.of(
                    new RetryRule.ResetHeader("retry-after", false),
                    new RetryRule.ResetHeader("x-reset", true)),
                Duration.ofSeconds(100))),
        0);
  }

  private static RetryJudge.Asked asked(Condition on, String method) {
    return RetryJudge.ask(
        rule(Set.of(on), Set.of(), List.of()), new DefaultHttp2Headers().method(method), false);
  }

  private static Http2Headers response(String... fields) {
    Http2Headers headers = new DefaultHttp2Headers();
    for (int i = 0; i < fields.length; i += 2) {
      headers.add(fields[i], fields[i + 1]);
    }
    return headers;
  }

  @ParameterizedTest
  @CsvSource({
    "CONNECT_FAILURE,CONNECT,true",
    "CONNECT_FAILURE,TLS_TIMEOUT,true",
    "CONNECT_FAILURE,RESET,false",
    "RESET_BEFORE_REQUEST,CONNECT_TIMEOUT,true",
    "RESET_BEFORE_REQUEST,CLOSED,false",
    "REFUSED_STREAM,REFUSED,true",
    "REFUSED_STREAM,RESET,false",
    "RESET,CLOSED,true",
    "RESET,TRY_TIMEOUT,true",
    "GATEWAY_ERROR,CLOSED,true",
    "SERVER_ERROR,PROTOCOL,true",
    "SERVER_ERROR,OVERFLOW,false",
    "SERVER_ERROR,CANCELLED,false",
    "STATUSES,RESET,false",
  })
  void everyConditionCoversItsFailures(Condition on, Kind kind, boolean again) {
    assertThat(RetryJudge.afterFailure(asked(on, "GET"), kind, true, 1))
        .isEqualTo(again ? RetryJudge.Verdict.AGAIN : RetryJudge.Verdict.NO);
  }

  @ParameterizedTest
  @CsvSource({
    "SERVER_ERROR,500,true",
    "SERVER_ERROR,499,false",
    "GATEWAY_ERROR,502,true",
    "GATEWAY_ERROR,500,false",
    "RETRIABLE_4XX,409,true",
    "RETRIABLE_4XX,404,false",
    "STATUSES,418,true",
    "STATUSES,503,false",
    "RESET,503,false",
  })
  void everyConditionCoversItsStatuses(Condition on, int status, boolean again) {
    assertThat(RetryJudge.afterResponse(asked(on, "GET"), status, response(), true, 1))
        .isEqualTo(again ? RetryJudge.Verdict.AGAIN : RetryJudge.Verdict.NO);
    assertThat(RetryJudge.afterResponse(asked(on, "POST"), status, response(), true, 1))
        .isEqualTo(RetryJudge.Verdict.NO);
  }

  @Test
  void aConnectionThatTheApplicationForgotIsNoOther() {
    Condition before = Condition.FORGOTTEN;
    assertThat(RetryJudge.afterFailure(asked(before, "GET"), Kind.FORGOTTEN, true, 1))
        .isEqualTo(RetryJudge.Verdict.AGAIN);
    Condition other = Condition.RESET_BEFORE_REQUEST;
    assertThat(RetryJudge.afterFailure(asked(other, "GET"), Kind.FORGOTTEN, true, 1))
        .isEqualTo(RetryJudge.Verdict.NO);
    assertThat(RetryJudge.afterFailure(asked(before, "GET"), Kind.CLOSED, true, 1))
        .isEqualTo(RetryJudge.Verdict.NO);
    assertThat(RetryJudge.afterFailure(asked(before, "POST"), Kind.FORGOTTEN, true, 1))
        .isEqualTo(RetryJudge.Verdict.NO);
  }

  @Test
  void whatMayHaveBeenDoneIsNotDoneTwiceUnlessTheRuleNamesTheMethod() {
    assertThat(RetryJudge.afterFailure(asked(Condition.RESET, "POST"), Kind.CLOSED, true, 1))
        .isEqualTo(RetryJudge.Verdict.NO);
    assertThat(RetryJudge.afterFailure(asked(Condition.RESET, "POST"), Kind.REFUSED, true, 1))
        .isEqualTo(RetryJudge.Verdict.AGAIN);

    FieldMatch post =
        new FieldMatch(
            ":method", Optional.of(new TextMatch.Exact("POST", false)), true, false, false);
    RetryRule named = rule(Set.of(Condition.RESET), Set.of(), List.of(post));
    RetryJudge.Asked asked = RetryJudge.ask(named, new DefaultHttp2Headers().method("POST"), false);
    assertThat(RetryJudge.afterFailure(asked, Kind.CLOSED, true, 1))
        .isEqualTo(RetryJudge.Verdict.AGAIN);
    RetryJudge.Asked other = RetryJudge.ask(named, new DefaultHttp2Headers().method("GET"), false);
    assertThat(RetryJudge.afterFailure(other, Kind.CLOSED, true, 1))
        .isEqualTo(RetryJudge.Verdict.NO);
  }

  @Test
  void statusOfGrpcInThePlaceOfAResponseCounts() {
    RetryRule rule = rule(Set.of(), Set.of(14), List.of());
    Http2Headers post = new DefaultHttp2Headers().method("POST");

    RetryJudge.Asked grpc = RetryJudge.ask(rule, post, true);
    assertThat(RetryJudge.afterResponse(grpc, 200, response("grpc-status", "14"), true, 1))
        .isEqualTo(RetryJudge.Verdict.AGAIN);
    assertThat(RetryJudge.afterResponse(grpc, 200, response("grpc-status", "5"), true, 1))
        .isEqualTo(RetryJudge.Verdict.NO);
    assertThat(RetryJudge.afterResponse(grpc, 200, response(), true, 1))
        .isEqualTo(RetryJudge.Verdict.NO);
    assertThat(
            RetryJudge.afterResponse(
                RetryJudge.ask(rule, post, false), 200, response("grpc-status", "14"), true, 1))
        .isEqualTo(RetryJudge.Verdict.NO);
  }

  @Test
  void headersOfTheResponseDecide() {
    assertThat(
            RetryJudge.afterResponse(
                asked(Condition.HEADERS, "GET"), 200, response("x-again", "1"), true, 1))
        .isEqualTo(RetryJudge.Verdict.AGAIN);
    assertThat(
            RetryJudge.afterResponse(
                asked(Condition.RATE_LIMITED, "POST"),
                429,
                response("x-envoy-ratelimited", "true"),
                true,
                1))
        .isEqualTo(RetryJudge.Verdict.AGAIN);
    assertThat(
            RetryJudge.afterResponse(
                asked(Condition.SERVER_ERROR, "GET"),
                503,
                response("x-envoy-ratelimited", "true"),
                true,
                1))
        .isEqualTo(RetryJudge.Verdict.NO);
  }

  @Test
  void pauseDoublesUpToItsMaximumAndHeedsWhatTheResponseAsksFor() {
    RetryRule rule = rule(Set.of(), Set.of(), List.of());
    SplittableRandom random = new SplittableRandom(1);

    for (int i = 0; i < 1000; i++) {
      assertThat(BackOff.byRule(rule, 1, random)).isBetween(1L, 10_000_000L);
      assertThat(BackOff.byRule(rule, 30, random)).isBetween(1L, 50_000_000L);
      assertThat(BackOff.byResponse(rule, response("retry-after", "3"), 0, random))
          .isBetween(3_000_000_000L, 4_500_000_000L);
    }
    assertThat(BackOff.byResponse(rule, response("x-reset", "1002"), 1000, random))
        .isBetween(2_000_000_000L, 3_000_000_000L);
    assertThat(BackOff.byResponse(rule, response("retry-after", "101"), 0, random)).isZero();
    assertThat(BackOff.byResponse(rule, response("retry-after", "soon"), 0, random)).isZero();
  }
}
