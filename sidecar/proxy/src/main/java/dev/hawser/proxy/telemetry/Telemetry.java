package dev.hawser.proxy.telemetry;

import dev.hawser.engine.metrics.Counter;
import dev.hawser.engine.metrics.Family;
import dev.hawser.engine.metrics.Histogram;
import dev.hawser.engine.metrics.Metrics;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts requests and connections under Istio's names and labels.
 *
 * <p>Safe for use by any thread; the series of a kind of request are looked up by one hash.
 */
public final class Telemetry {
  private static final double[] SIZES = {
    1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000
  };

  /** Kinds of requests whose series are kept at hand; the families bound the series themselves. */
  private static final int MAX_KEPT = 4096;

  private static final double NANOS_PER_MILLI = 1e6;

  private record Key(
      String reporter,
      Party source,
      Party destination,
      String service,
      String namespace,
      String protocol,
      int status,
      int grpcStatus,
      String flags,
      boolean secured) {}

  private record HttpSeries(
      Counter requests, Histogram duration, Histogram received, Histogram sent) {}

  private record TcpSeries(Counter opened, Counter closed, Counter received, Counter sent) {}

  private final Family<Counter> requests;
  private final Family<Histogram> durations;
  private final Family<Histogram> requestSizes;
  private final Family<Histogram> responseSizes;
  private final Family<Counter> opened;
  private final Family<Counter> closed;
  private final Family<Counter> received;
  private final Family<Counter> sent;
  private final Map<Key, HttpSeries> http = new ConcurrentHashMap<>();
  private final Map<Key, TcpSeries> tcp = new ConcurrentHashMap<>();
  private final AccessLog log;

  /** Makes the families. */
  public Telemetry(Metrics metrics, AccessLog log) {
    this.log = log;
    String[] labels = Labels.HTTP;
    requests = metrics.counter("istio_requests_total", "Requests that are over", labels);
    durations =
        metrics.histogram(
            "istio_request_duration_milliseconds",
            "From the head of the request to the end of the response",
            Histogram.istioMilliseconds(),
            labels);
    requestSizes =
        metrics.histogram("istio_request_bytes", "Bytes of request bodies", SIZES, labels);
    responseSizes =
        metrics.histogram("istio_response_bytes", "Bytes of response bodies", SIZES, labels);
    opened =
        metrics.counter(
            "istio_tcp_connections_opened_total", "Connections of raw bytes begun", Labels.TCP);
    closed =
        metrics.counter(
            "istio_tcp_connections_closed_total", "Connections of raw bytes ended", Labels.TCP);
    received =
        metrics.counter(
            "istio_tcp_received_bytes_total", "Raw bytes received from callers", Labels.TCP);
    sent = metrics.counter("istio_tcp_sent_bytes_total", "Raw bytes sent to callers", Labels.TCP);
  }

  /** A request is over. */
  public void request(Report report, Report.Http request) {
    Key key =
        key(
            report,
            request.grpc() ? "grpc" : "http",
            request.status(),
            request.grpcStatus(),
            report.flags());
    HttpSeries series = http.get(key);
    if (series == null) {
      series = httpSeries(key);
    }
    series.requests().increment();
    series.duration().observe(report.durationNanos() / NANOS_PER_MILLI);
    series.received().observe((double) report.bytesReceived());
    series.sent().observe((double) report.bytesSent());
    log.write(report);
  }

  private HttpSeries httpSeries(Key key) {
    String[] values =
        Labels.http(
            key.reporter(),
            key.source(),
            key.destination(),
            key.service(),
            key.namespace(),
            key.protocol(),
            key.secured(),
            key.flags(),
            key.status(),
            key.grpcStatus());
    HttpSeries made =
        new HttpSeries(
            requests.with(values),
            durations.with(values),
            requestSizes.with(values),
            responseSizes.with(values));
    if (http.size() < MAX_KEPT) {
      http.put(key, made);
    }
    return made;
  }

  /** A connection of raw bytes begins. */
  public void opened(Report report) {
    tcpSeries(report).opened().increment();
  }

  /** Raw bytes moved on a connection. */
  public void moved(Report report, long fromCaller, long toCaller) {
    TcpSeries series = tcpSeries(report);
    series.received().add(fromCaller);
    series.sent().add(toCaller);
  }

  /** A connection of raw bytes ended; its bytes have been counted by {@link #moved}. */
  public void closed(Report report) {
    tcpSeries(report).closed().increment();
    log.write(report);
  }

  private TcpSeries tcpSeries(Report report) {
    // Istio's flags would split one connection's counters, since they are known only at its end.
    Key key = key(report, "tcp", 0, -1, "");
    TcpSeries series = tcp.get(key);
    if (series == null) {
      String[] values =
          Labels.tcp(
              key.reporter(),
              key.source(),
              key.destination(),
              key.service(),
              key.namespace(),
              key.secured());
      series =
          new TcpSeries(
              opened.with(values), closed.with(values), received.with(values), sent.with(values));
      if (tcp.size() < MAX_KEPT) {
        tcp.put(key, series);
      }
    }
    return series;
  }

  private static Key key(Report report, String protocol, int status, int grpcStatus, String flags) {
    return new Key(
        report.reporter(),
        report.source(),
        report.destination(),
        report.service(),
        report.serviceNamespace(),
        protocol,
        status,
        grpcStatus,
        flags,
        report.secured());
  }
}
