package dev.hawser.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.engine.metrics.Metrics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class AccessLogTest {
  private static Report report(String path) {
    return new Report(
        "source",
        Party.UNKNOWN,
        Party.UNKNOWN,
        "orders",
        "shop",
        new Report.Http("a", "GET", path, "HTTP/1.1", "id", false, 200, -1, "", 0, 0),
        "",
        0,
        45_000_000,
        1,
        2,
        "orders.shop:8080",
        "10.0.0.1:15006",
        "p8080.orders.shop.east.mesh.internal",
        1,
        true);
  }

  @Test
  void nothingACallerSendsCanEndALineOrMoveACursor() {
    Metrics metrics = new Metrics();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (AccessLog log = AccessLog.to(out, metrics)) {
      log.write(report("/a\r\nb\"\\\u001b[31m\u00e9"));
    }

    String line = out.toString(StandardCharsets.US_ASCII);
    assertThat(line)
        .contains("\"path\":\"/a\\u000d\\u000ab\\\"\\\\\\u001b[31m\\u00e9\"")
        .contains("\"duration\":\"45ms\"")
        .contains("\"response_code\":200")
        .endsWith("}\n");
    assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
  }

  @Test
  void whenWritingIsSlowLinesAreDroppedAndCounted() {
    Metrics metrics = new Metrics();
    CountDownLatch release = new CountDownLatch(1);
    OutputStream stuck =
        new OutputStream() {
          @Override
          public void write(int octet) throws IOException {
            try {
              release.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
          }
        };
    try (AccessLog log = AccessLog.to(stuck, metrics)) {
      for (int i = 0; i < 50_000; i++) {
        log.write(report("/"));
      }
      assertThat(metrics.prometheus())
          .containsPattern("hawser_access_log_dropped_total [1-9][0-9]*");
      release.countDown();
    }
  }
}
