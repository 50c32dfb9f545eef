package dev.hawser.proxy.codec;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.LogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ComparisonFilter;
import io.envoyproxy.envoy.config.accesslog.v3.GrpcStatusFilter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Reads which requests have a line in an access log. There is no runtime here: of a runtime key and
 * its default the default counts.
 */
final class LogFilterCodec {
  /** How deep filters may contain filters. */
  private static final int MAX_DEPTH = 16;

  private LogFilterCodec() {}

  static LogFilter filter(String path, AccessLogFilter filter) throws ResourceRejectedException {
    return filter(path, filter, 0);
  }

  private static LogFilter filter(String path, AccessLogFilter filter, int depth)
      throws ResourceRejectedException {
    if (depth > MAX_DEPTH) {
      throw Fields.rejected(path, "too deep (expected: at most " + MAX_DEPTH + " in each other)");
    }
    return switch (filter.getFilterSpecifierCase()) {
      case STATUS_CODE_FILTER -> {
        ComparisonFilter by = filter.getStatusCodeFilter().getComparison();
        yield new LogFilter.Status(op(path + ".status_code_filter", by), value(by));
      }
      case DURATION_FILTER -> {
        ComparisonFilter by = filter.getDurationFilter().getComparison();
        yield new LogFilter.Millis(op(path + ".duration_filter", by), value(by));
      }
      case NOT_HEALTH_CHECK_FILTER -> new LogFilter.NoHealthCheck();
      case TRACEABLE_FILTER -> new LogFilter.Traced();
      case RUNTIME_FILTER -> {
        String at = path + ".runtime_filter";
        SupportedFields.requireOnly(
            at,
            filter.getRuntimeFilter(),
            "runtime_key",
            "percent_sampled",
            "use_independent_randomness");
        yield new LogFilter.Share(
            FractionCodec.fraction(
                at + ".percent_sampled", filter.getRuntimeFilter().getPercentSampled()));
      }
      case AND_FILTER ->
          new LogFilter.And(
              all(path + ".and_filter.filters", filter.getAndFilter().getFiltersList(), depth));
      case OR_FILTER ->
          new LogFilter.Or(
              all(path + ".or_filter.filters", filter.getOrFilter().getFiltersList(), depth));
      case HEADER_FILTER ->
          new LogFilter.Header(
              TextCodec.header(
                  path + ".header_filter.header", filter.getHeaderFilter().getHeader()));
      case RESPONSE_FLAG_FILTER ->
          new LogFilter.Flags(Set.copyOf(filter.getResponseFlagFilter().getFlagsList()));
      case GRPC_STATUS_FILTER -> grpc(path + ".grpc_status_filter", filter.getGrpcStatusFilter());
      case EXTENSION_FILTER, METADATA_FILTER, LOG_TYPE_FILTER, FILTERSPECIFIER_NOT_SET ->
          throw Fields.rejected(
              path + "." + filter.getFilterSpecifierCase().name().toLowerCase(Locale.ROOT),
              "not supported (expected: status_code, duration, not_health_check, traceable,"
                  + " runtime, and, or, header, response_flag or grpc_status)");
    };
  }

  private static List<LogFilter> all(String path, List<AccessLogFilter> filters, int depth)
      throws ResourceRejectedException {
    if (filters.size() < 2) {
      throw Fields.rejected(path, filters.size() + " (expected: at least 2)");
    }
    List<LogFilter> read = new ArrayList<>();
    for (AccessLogFilter one : filters) {
      read.add(filter(path + "[" + read.size() + "]", one, depth + 1));
    }
    return read;
  }

  private static LogFilter.Op op(String path, ComparisonFilter by)
      throws ResourceRejectedException {
    return switch (by.getOp()) {
      case EQ -> LogFilter.Op.EQ;
      case GE -> LogFilter.Op.GE;
      case LE -> LogFilter.Op.LE;
      case UNRECOGNIZED ->
          throw Fields.rejected(
              path + ".comparison.op", by.getOpValue() + " (expected: EQ, GE or LE)");
    };
  }

  private static long value(ComparisonFilter by) {
    return Integer.toUnsignedLong(by.getValue().getDefaultValue());
  }

  private static LogFilter grpc(String path, GrpcStatusFilter filter)
      throws ResourceRejectedException {
    Set<Integer> statuses = new HashSet<>();
    for (int value : filter.getStatusesValueList()) {
      if (value < 0 || value > 16) {
        throw Fields.rejected(path + ".statuses", value + " (expected: 0 to 16)");
      }
      statuses.add(value);
    }
    return new LogFilter.Grpc(statuses, filter.getExclude());
  }
}
