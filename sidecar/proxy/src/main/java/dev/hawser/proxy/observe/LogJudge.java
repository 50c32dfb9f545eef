package dev.hawser.proxy.observe;

import dev.hawser.proxy.http.HeaderValue;
import dev.hawser.proxy.model.LogFilter;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** Judges by filters of access logs. */
final class LogJudge {
  private LogJudge() {}

  static boolean passes(LogFilter filter, LogEntry entry, SplittableRandom random) {
    Ended ended = entry.ended();
    return switch (filter) {
      case LogFilter.Status(LogFilter.Op op, long value) -> op.test(ended.status(), value);
      case LogFilter.Millis(LogFilter.Op op, long value) ->
          op.test(TimeUnit.NANOSECONDS.toMillis(ended.durationNanos()), value);
      case LogFilter.NoHealthCheck _ -> true;
      case LogFilter.Traced _ -> entry.traced();
      case LogFilter.Share share -> share.share().takes(random);
      case LogFilter.And(List<LogFilter> all) -> {
        for (LogFilter one : all) {
          if (!passes(one, entry, random)) {
            yield false;
          }
        }
        yield true;
      }
      case LogFilter.Or(List<LogFilter> any) -> {
        for (LogFilter one : any) {
          if (passes(one, entry, random)) {
            yield true;
          }
        }
        yield false;
      }
      case LogFilter.Header header ->
          header.match().test(HeaderValue.of(entry.request(), header.match().name()));
      case LogFilter.Flags(Set<String> any) -> hasFlag(ended.flags(), any);
      case LogFilter.Grpc grpc -> grpc.statuses().contains(grpcStatus(ended)) != grpc.exclude();
    };
  }

  private static boolean hasFlag(String flags, Set<String> any) {
    if (any.isEmpty() || flags.isEmpty()) {
      return any.isEmpty() && !flags.isEmpty();
    }
    for (String flag : flags.split(",", -1)) {
      if (any.contains(flag)) {
        return true;
      }
    }
    return false;
  }

  /** Returns the status of gRPC; what has none gets what gRPC makes of the one of HTTP. */
  private static int grpcStatus(Ended ended) {
    if (ended.grpcStatus() >= 0) {
      return ended.grpcStatus();
    }
    return switch (ended.status()) {
      case 400 -> 13;
      case 401 -> 16;
      case 403 -> 7;
      case 404 -> 12;
      case 429, 502, 503, 504 -> 14;
      default -> 2;
    };
  }
}
