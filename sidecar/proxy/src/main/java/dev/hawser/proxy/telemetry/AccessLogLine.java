package dev.hawser.proxy.telemetry;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;

/**
 * One line of the access log: JSON in plain ASCII, so that nothing a caller sends can end a line,
 * begin another or move a terminal's cursor.
 */
final class AccessLogLine {
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  /** Longer values are cut: a path may be as long as a head. */
  private static final int MAX_VALUE = 2048;

  private AccessLogLine() {}

  static void append(StringBuilder out, Report report) {
    out.append('{');
    Report.Http http = report.http();
    text(out, "authority", http == null ? "" : http.authority());
    text(out, "method", http == null ? "" : http.method());
    text(out, "path", http == null ? "" : http.path());
    text(out, "protocol", http == null ? "TCP" : http.protocol());
    number(out, "response_code", http == null ? 0 : http.status());
    text(out, "response_flags", report.flags().isEmpty() ? "-" : report.flags());
    if (http != null && !http.details().isEmpty()) {
      text(out, "response_code_details", http.details());
    }
    text(out, "duration", TimeUnit.NANOSECONDS.toMillis(report.durationNanos()) + "ms");
    text(out, "upstream_cluster", report.upstream());
    text(out, "upstream_host", report.upstreamHost());
    text(out, "upstream_sni", report.upstreamServerName());
    number(out, "bytes_received", report.bytesReceived());
    number(out, "bytes_sent", report.bytesSent());
    text(out, "request_id", http == null ? "" : http.requestId());
    text(
        out,
        "start_time",
        Instant.ofEpochMilli(report.startMillis()).truncatedTo(ChronoUnit.MILLIS).toString());
    text(out, "source_principal", report.source().principal());
    text(out, "destination_principal", report.destination().principal());
    text(out, "destination_cluster", report.destination().cluster());
    text(out, "reporter", report.reporter());
    if (http != null && http.grpcStatus() >= 0) {
      number(out, "grpc_status", http.grpcStatus());
    }
    number(out, "attempts", report.attempts());
    out.setCharAt(out.length() - 1, '}');
    out.append('\n');
  }

  private static void number(StringBuilder out, String key, long value) {
    out.append('"').append(key).append("\":").append(value).append(',');
  }

  private static void text(StringBuilder out, String key, String value) {
    out.append('"').append(key).append("\":\"");
    int length = Math.min(value.length(), MAX_VALUE);
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        out.append("\\u")
            .append(HEX[c >> 12])
            .append(HEX[(c >> 8) & 15])
            .append(HEX[(c >> 4) & 15])
            .append(HEX[c & 15]);
      } else {
        out.append(c);
      }
    }
    out.append("\",");
  }
}
