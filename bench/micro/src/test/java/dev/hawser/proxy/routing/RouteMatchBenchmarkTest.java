package dev.hawser.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;

class RouteMatchBenchmarkTest {
  private static String name(Selection found) {
    return Objects.requireNonNull(found.rule()).name();
  }

  @Test
  void eachRequestIsTakenByTheRouteThatItIsMeantFor() {
    RouteMatchBenchmark benchmark = new RouteMatchBenchmark();

    assertThat(name(benchmark.onlyOne())).isEqualTo("billing-1");
    assertThat(name(benchmark.first())).isEqualTo("orders-1");
    assertThat(name(benchmark.expression())).isEqualTo("orders-11");
    assertThat(name(benchmark.fields())).isEqualTo("orders-18");
    assertThat(name(benchmark.last())).isEqualTo("orders-20");
  }

  @Test
  void ordersHasTwentyRoutes() {
    VirtualHost orders = new RouteMatchBenchmark().table().find("orders.shop");

    assertThat(Objects.requireNonNull(orders).host().rules()).hasSize(20);
  }
}
