package dev.hawser.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.proxy.model.RouteRule;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrpcTimeoutTest {
  private static final Optional<Duration> ROUTE = Optional.of(Duration.ofSeconds(15));

  private static RouteRule.Timeouts most(Duration most) {
    return new RouteRule.Timeouts(
        ROUTE, Optional.empty(), ROUTE, Optional.of(most), Optional.of(most));
  }

  private static Http2Headers saying(String timeout) {
    return new DefaultHttp2Headers().add("grpc-timeout", timeout);
  }

  @ParameterizedTest
  @CsvSource({
    "2H,PT2H",
    "3M,PT3M",
    "5S,PT5S",
    "100m,PT0.1S",
    "7u,PT0.000007S",
    "9n,PT0.000000009S",
    "99999999S,PT99999999S"
  })
  void isReadInAllUnits(String text, Duration time) {
    assertThat(GrpcTimeout.read(text)).isEqualTo(time);
  }

  @ParameterizedTest
  @CsvSource({"S", "5", "5s", "-5S", "123456789S", "5 S", "''"})
  void isNothingIfItIsNotOne(String text) {
    assertThat(GrpcTimeout.read(text)).isNull();
  }

  @Test
  void countsOnlyWhereTheRouteHeedsIt() {
    assertThat(GrpcTimeout.response(RouteRule.Timeouts.of(ROUTE), saying("1S"))).isEqualTo(ROUTE);
    assertThat(GrpcTimeout.response(most(Duration.ofSeconds(9)), saying("1S")))
        .contains(Duration.ofSeconds(1));
    assertThat(GrpcTimeout.total(most(Duration.ofSeconds(9)), saying("1S")))
        .contains(Duration.ofSeconds(1));
  }

  @Test
  void isBoundedByTheRouteAndToldOn() {
    Http2Headers request = saying("1H");

    assertThat(GrpcTimeout.response(most(Duration.ofSeconds(9)), request))
        .contains(Duration.ofSeconds(9));
    assertThat(request.get("grpc-timeout")).hasToString("9000m");
    assertThat(GrpcTimeout.response(most(Duration.ZERO), saying("1H")))
        .contains(Duration.ofHours(1));
  }

  @Test
  void callerThatSaysNothingHasTheBound() {
    Http2Headers silent = new DefaultHttp2Headers();

    assertThat(GrpcTimeout.response(most(Duration.ofSeconds(9)), silent))
        .contains(Duration.ofSeconds(9));
    assertThat(GrpcTimeout.response(most(Duration.ZERO), silent)).isEmpty();
    assertThat(GrpcTimeout.total(most(Duration.ofSeconds(9)), silent)).isEqualTo(ROUTE);
  }

  @Test
  void copyIsAddressedToTheShadowOfTheHost() {
    assertThat(Mirrors.suffixed("orders")).isEqualTo("orders-shadow");
    assertThat(Mirrors.suffixed("orders:8080")).isEqualTo("orders-shadow:8080");
    assertThat(Mirrors.suffixed("[::1]")).isEqualTo("[::1]-shadow");
  }
}
