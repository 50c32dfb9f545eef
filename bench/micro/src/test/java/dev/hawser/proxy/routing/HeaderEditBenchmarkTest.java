package dev.hawser.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeaderEditBenchmarkTest {
  private final HeaderEditBenchmark benchmark = new HeaderEditBenchmark();

  private static List<String> values(Http2Headers head, String name) {
    return head.getAll(name).stream().map(String::valueOf).toList();
  }

  @Test
  void headIsChangedAsEachLevelSays() {
    Http2Headers one = benchmark.literals();
    Http2Headers both = benchmark.all();

    for (Http2Headers head : List.of(one, both)) {
      assertThat(head.contains("x-debug")).isFalse();
      assertThat(values(head, "x-team")).containsExactly("orders");
      assertThat(values(head, "x-tier")).containsExactly("gold");
      assertThat(values(head, "via")).containsExactly("1.1 ingress", "mesh");
    }
    assertThat(values(one, "x-internal")).containsExactly("yes");
    assertThat(one.contains("x-caller")).isFalse();
    assertThat(both.contains("x-internal")).isFalse();
    assertThat(values(both, "x-caller")).containsExactly("10.1.2.3/curl/8.14.1");
    assertThat(values(both, "x-route")).containsExactly("route=orders-1");
  }

  @Test
  void eachTimeTheHeadIsAsItWasSent() {
    Http2Headers before = benchmark.copyAlone();
    benchmark.all();

    assertThat(benchmark.copyAlone()).isEqualTo(before);
    assertThat(before.size()).isEqualTo(12);
    assertThat(benchmark.all()).isEqualTo(benchmark.all());
  }
}
