package dev.hawser.proxy.telemetry;

import dev.hawser.engine.metrics.Counter;
import dev.hawser.engine.metrics.Family;
import dev.hawser.engine.metrics.Histogram;
import dev.hawser.engine.metrics.Metrics;
import dev.hawser.trust.spiffe.SpiffeId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

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

  /** Kinds of requests that are found without making a key; a power of two. */
  private static final int RECENT = 256;

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
      boolean secured) {
    /** Whether it is the kind of this request. */
    boolean isOf(Report report, Report.Http request) {
      return status == request.status()
          && grpcStatus == request.grpcStatus()
          && secured == report.secured()
          && protocol.equals(protocolOf(request))
          && source.equals(report.source())
          && destination.equals(report.destination())
          && service.equals(report.service())
          && namespace.equals(report.serviceNamespace())
          && reporter.equals(report.reporter())
          && flags.equals(report.flags());
    }
  }

  /**
   * The series of one kind of request.
   *
   * @param messages null if it is not gRPC
   */
  private record HttpSeries(
      Key key,
      Counter requests,
      Histogram duration,
      Histogram received,
      Histogram sent,
      @Nullable MessageSeries messages) {}

  private record MessageSeries(Counter asked, Counter answered) {}

  private record TcpSeries(Counter opened, Counter closed, Counter received, Counter sent) {}

  private final Family<Counter> requests;
  private final Family<Histogram> durations;
  private final Family<Histogram> requestSizes;
  private final Family<Histogram> responseSizes;
  private final Family<Counter> requestMessages;
  private final Family<Counter> responseMessages;
  private final Family<Counter> opened;
  private final Family<Counter> closed;
  private final Family<Counter> received;
  private final Family<Counter> sent;
  private final Map<Key, HttpSeries> http = new ConcurrentHashMap<>();
  private final Map<Key, TcpSeries> tcp = new ConcurrentHashMap<>();
  private final AccessLog log;
  private final Parties self;

  /** What was met last, by hash; a thread that sees an old value makes a key, and nothing worse. */
  private final @Nullable HttpSeries[] recent = new HttpSeries[RECENT];

  /** Makes the families, for a workload that says no version. */
  public Telemetry(Metrics metrics, AccessLog log) {
    this(metrics, log, Optional.empty());
  }

  /**
   * Makes the families.
   *
   * @param version of the own workload
   */
  public Telemetry(Metrics metrics, AccessLog log, Optional<String> version) {
    this.log = log;
    this.self = new Parties(version.orElse(null));
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
    requestMessages =
        metrics.counter(
            "istio_request_messages_total", "Messages of gRPC from callers, at the end", labels);
    responseMessages =
        metrics.counter(
            "istio_response_messages_total", "Messages of gRPC to callers, at the end", labels);
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

  /** Returns this proxy as a party; null for an identity that has ended. */
  public Party own(@Nullable SpiffeId id) {
    return self.of(id);
  }

  /** A request is over. */
  public void request(Report report, Report.Http request) {
    int at = place(report, request);
    HttpSeries series = recent[at];
    if (series == null || !series.key().isOf(report, request)) {
      Key key =
          key(report, protocolOf(request), request.status(), request.grpcStatus(), report.flags());
      series = http.get(key);
      if (series == null) {
        series = httpSeries(key);
      }
      recent[at] = series;
    }
    series.requests().increment();
    series.duration().observe(report.durationNanos() / NANOS_PER_MILLI);
    series.received().observe((double) report.bytesReceived());
    series.sent().observe((double) report.bytesSent());
    MessageSeries messages = series.messages();
    if (messages != null) {
      messages.asked().add(request.requestMessages());
      messages.answered().add(request.responseMessages());
    }
    log.write(report);
  }

  private static String protocolOf(Report.Http request) {
    return request.grpc() ? "grpc" : "http";
  }

  /** Texts know their hashes, so that this costs little. */
  private static int place(Report report, Report.Http request) {
    int hash = request.status() * 31 + request.grpcStatus();
    hash = hash * 31 + report.source().principal().hashCode();
    hash = hash * 31 + report.destination().principal().hashCode();
    hash = hash * 31 + report.service().hashCode();
    hash = hash * 31 + report.flags().hashCode();
    hash = hash * 31 + report.reporter().hashCode();
    return (hash ^ hash >>> 16) & (RECENT - 1);
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
            key,
            requests.with(values),
            durations.with(values),
            requestSizes.with(values),
            responseSizes.with(values),
            key.protocol().equals("grpc")
                ? new MessageSeries(requestMessages.with(values), responseMessages.with(values))
                : null);
    if (http.size() < MAX_KEPT) {
      http.put(key, made);
    }
    return made;
  }

  /** One connection of raw bytes, with its series at hand. */
  public final class Flow {
    private final TcpSeries series;

    private Flow(TcpSeries series) {
      this.series = series;
    }

    /** Raw bytes moved on it. */
    public void moved(long fromCaller, long toCaller) {
      series.received().add(fromCaller);
      series.sent().add(toCaller);
    }

    /** It ended; its bytes have been counted by {@link #moved}. */
    public void closed(Report report) {
      series.closed().increment();
      log.write(report);
    }
  }

  /** A connection of raw bytes begins. */
  public Flow opened(Report report) {
    TcpSeries series = tcpSeries(report);
    series.opened().increment();
    return new Flow(series);
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
