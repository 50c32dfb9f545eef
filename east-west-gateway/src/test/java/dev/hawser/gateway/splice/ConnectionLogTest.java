package dev.hawser.gateway.splice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.engine.metrics.Metrics;
import dev.hawser.gateway.route.Backend;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConnectionLogTest {
  private static ConnectionLog.Entry entry(@Nullable Backend backend, String detail) {
    return new ConnectionLog.Entry(
        Instant.parse("2026-11-24T12:00:00.123Z"),
        "10.0.0.1:4242",
        "s3.p8080.orders.shop.west.mesh.internal",
        backend,
        517,
        4711,
        Duration.ofMillis(45),
        "complete",
        detail);
  }

  @Test
  void aLineSaysWhereItWentAndHowItEnded() {
    Backend backend =
        new Backend(
            InetSocketAddress.createUnresolved("10.1.0.7", 15_006),
            OptionalInt.of(3),
            1,
            "orders-7",
            true);
    assertThat(ConnectionLog.line(entry(backend, "")))
        .isEqualTo(
            "{\"start_time\":\"2026-11-24T12:00:00.123Z\",\"remote\":\"10.0.0.1:4242\","
                + "\"upstream_sni\":\"s3.p8080.orders.shop.west.mesh.internal\",\"slot\":3,"
                + "\"upstream_host\":\"10.1.0.7:15006\",\"workload\":\"orders-7\","
                + "\"bytes_received\":517,\"bytes_sent\":4711,\"duration\":\"45ms\","
                + "\"detail\":\"\",\"outcome\":\"complete\"}\n");
  }

  @Test
  void textOfOthersCannotLeaveItsPlace() {
    assertThat(ConnectionLog.line(entry(null, "a\",\n\\\u00e9\u2028")))
        .contains("\"detail\":\"a\\u0022,\\u000a\\u005c\\u00e9\\u2028\"")
        .doesNotContain("slot")
        .endsWith("}\n");
  }

  @Test
  void whatWaitsIsWrittenBeforeTheEnd() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ConnectionLog log = ConnectionLog.start(out, new Metrics());
    for (int i = 0; i < 100; i++) {
      log.write(entry(null, "n" + i));
    }
    log.close();
    assertThat(out.toString(StandardCharsets.US_ASCII).lines()).hasSize(100);
  }
}
