package dev.hawser.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeadBenchmarkTest {
  private final HeadBenchmark benchmark = new HeadBenchmark();

  @Test
  void requestsAreReadWithAllTheirFieldsButThoseOfTheHop() throws Exception {
    Http1Head small = (Http1Head) benchmark.smallRequest();
    Http1Head large = (Http1Head) benchmark.browsersRequest();

    assertThat(small.headers().path()).hasToString("/");
    assertThat(small.headers().authority()).hasToString("orders.shop");
    assertThat(large.headers().path()).hasToString("/v1/orders/4711?lines=all");
    assertThat(large.headers().get("x-forwarded-for")).hasToString("203.0.113.7");
    assertThat(large.headers().contains("connection")).isFalse();
    // Four of the line and the host, nine others.
    assertThat(large.headers().size()).isEqualTo(13);
    assertThat(large.keepAlive()).isTrue();
  }

  @Test
  void aResponseIsReadWithItsLength() throws Exception {
    Http1Head answer = (Http1Head) benchmark.response();

    assertThat(answer.headers().status()).hasToString("200");
    assertThat(answer.length()).isEqualTo(1024);
    assertThat(answer.framing()).isEqualTo(Http1Head.Framing.FIXED);
  }

  @Test
  void aSecondRunReadsWhatTheFirstDid() throws Exception {
    Http1Head first = (Http1Head) benchmark.browsersRequest();
    Http1Head second = (Http1Head) benchmark.browsersRequest();

    assertThat(second.headers()).isEqualTo(first.headers());
  }
}
