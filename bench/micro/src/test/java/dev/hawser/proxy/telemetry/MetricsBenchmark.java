package dev.hawser.proxy.telemetry;

import dev.hawser.engine.metrics.Counter;
import dev.hawser.engine.metrics.Family;
import dev.hawser.engine.metrics.Metrics;
import dev.hawser.trust.spiffe.SpiffeId;
import java.util.Objects;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What it costs to count a request that is over, under Istio's 25 labels. */
@State(Scope.Thread)
public class MetricsBenchmark {
  /** A power of two. */
  static final int KINDS = 64;

  private final Metrics metrics = new Metrics();
  private final Telemetry telemetry = new Telemetry(metrics, AccessLog.off(metrics));
  private final Report[] reports =
      IntStream.range(0, KINDS).mapToObj(MetricsBenchmark::report).toArray(Report[]::new);
  private final Family<Counter> family = metrics.counter("requests_total", "", Labels.HTTP);
  private final String[][] labels =
      IntStream.range(0, KINDS).mapToObj(i -> labels(reports[i])).toArray(String[][]::new);
  private int next;

  /** Makes one whose series are there already, as after the first requests. */
  public MetricsBenchmark() {
    for (int i = 0; i < KINDS; i++) {
      telemetry.request(reports[i], http(reports[i]));
      family.with(labels[i]).increment();
    }
  }

  /** Eight callers, four statuses, two ports of a service that has the name of each. */
  private static Report report(int kind) {
    String caller = "spiffe://east.mesh.internal/ns/shop/sa/caller-" + kind % 8;
    int status = new int[] {200, 404, 500, 503}[kind / 8 % 4];
    return new Report(
        "destination",
        Party.of(SpiffeId.parse(caller)),
        Party.of(SpiffeId.parse("spiffe://east.mesh.internal/ns/shop/sa/orders")),
        kind < 32 ? "orders" : "orders-admin",
        "shop",
        new Report.Http(
            "orders.shop:8080",
            "GET",
            "/v1/orders/4711",
            "HTTP/2",
            "0b5c7e0a-6b1d-4a0e-9a57-3d1f0a9c2b44",
            false,
            status,
            -1,
            "",
            0,
            0),
        status == 503 ? "UF" : "",
        0,
        3_000_000,
        120,
        1024,
        "inbound|8080|orders.shop",
        "127.0.0.1:8080",
        "p8080.orders.shop.east.mesh.internal",
        1,
        true);
  }

  private static Report.Http http(Report report) {
    return Objects.requireNonNull(report.http(), "a request's report");
  }

  private static String[] labels(Report report) {
    Report.Http http = http(report);
    return Labels.http(
        report.reporter(),
        report.source(),
        report.destination(),
        report.service(),
        report.serviceNamespace(),
        "http",
        report.secured(),
        report.flags(),
        http.status(),
        http.grpcStatus());
  }

  Metrics metrics() {
    return metrics;
  }

  private int turn() {
    next = (next + 1) & (KINDS - 1);
    return next;
  }

  /** One caller, one answer: its series are found, and four of them counted. */
  @Benchmark
  public void oneKind() {
    telemetry.request(reports[0], http(reports[0]));
  }

  /** Each request is of another kind than the one before. */
  @Benchmark
  public void manyKinds() {
    Report report = reports[turn()];
    telemetry.request(report, http(report));
  }

  /** A series by all of its labels, which the two above do not need. */
  @Benchmark
  public Counter byLabels() {
    return family.with(labels[turn()]);
  }
}
