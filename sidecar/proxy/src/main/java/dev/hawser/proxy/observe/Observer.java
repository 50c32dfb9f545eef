package dev.hawser.proxy.observe;

import dev.hawser.proxy.filter.Downstream;
import dev.hawser.proxy.trace.TracePlan;
import io.netty.handler.codec.http2.EmptyHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** What the logs and traces of one listener want to know, ready for use. Immutable. */
public final class Observer {
  private final List<LogPlan> logs;
  private final @Nullable TracePlan tracing;

  Observer(List<LogPlan> logs, @Nullable TracePlan tracing) {
    this.logs = logs;
    this.tracing = tracing;
  }

  List<LogPlan> logs() {
    return logs;
  }

  /** Something that never was a request is over: raw bytes, or bytes that make no sense. */
  public void tell(Ended ended, Downstream downstream, SplittableRandom random) {
    LogEntry entry =
        new LogEntry(
            ended, EmptyHttp2Headers.INSTANCE, null, downstream, null, null, "", -1, "", false);
    for (LogPlan log : logs) {
      log.write(entry, random);
    }
  }

  /** A request begins; on its loop. */
  public Watch begin(Http2Headers request, Downstream downstream, SplittableRandom random) {
    return new Watch(
        this, request, downstream, random, tracing == null ? null : tracing.begin(request, random));
  }
}
