package dev.hawser.proxy.observe;

import dev.hawser.engine.metrics.Metrics;
import dev.hawser.proxy.model.LogRule;
import dev.hawser.proxy.model.LogRule.Sink;
import dev.hawser.proxy.model.Observing;
import dev.hawser.proxy.model.TraceRule;
import dev.hawser.proxy.telemetry.AccessLog;
import dev.hawser.proxy.trace.SpanSender;
import dev.hawser.proxy.trace.TracePlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes observers, and keeps what they write to. A log that was opened stays open, so that a
 * listener that changes and changes back appends to the same one.
 *
 * <p>Safe for use by any thread.
 */
public final class Observers implements AutoCloseable {
  /** Logs that are open; more are written to nothing. */
  private static final int MAX_OPEN = 32;

  private final Optional<Path> folder;
  private final SpanSender sender;
  private final Metrics metrics;
  private final Map<Sink, AccessLog> logs = new HashMap<>();

  /**
   * Makes a maker.
   *
   * @param folder of logs; if there is none, logs to files are off
   */
  public Observers(Optional<Path> folder, SpanSender sender, Metrics metrics) {
    this.folder = folder;
    this.sender = sender;
    this.metrics = metrics;
  }

  /**
   * Returns the observer of a listener, or null if there is nothing to observe.
   *
   * @param inbound whether others call there
   */
  public @Nullable Observer of(Observing observing, boolean inbound) {
    if (observing.equals(Observing.NONE)) {
      return null;
    }
    List<LogPlan> plans = new ArrayList<>();
    for (LogRule rule : observing.logs()) {
      plans.add(new LogPlan(rule, log(rule.sink())));
    }
    TraceRule tracing = observing.tracing().orElse(null);
    if (tracing == null) {
      return new Observer(plans, null);
    }
    sender.start();
    return new Observer(plans, new TracePlan(tracing, inbound, sender, System::getenv));
  }

  /** Returns the observer of connections of raw bytes, or null if there is nothing to observe. */
  public @Nullable Observer of(List<LogRule> logs, boolean inbound) {
    return of(new Observing(logs, Optional.empty()), inbound);
  }

  private synchronized AccessLog log(Sink sink) {
    AccessLog open = logs.get(sink);
    if (open == null) {
      open = logs.size() < MAX_OPEN ? open(sink) : AccessLog.off(metrics);
      logs.put(sink, open);
    }
    return open;
  }

  private AccessLog open(Sink sink) {
    return switch (sink) {
      case Sink.Stdout _ -> AccessLog.stdout(metrics);
      case Sink.Stderr _ -> AccessLog.stderr(metrics);
      case Sink.File(String name) ->
          folder
              .map(in -> AccessLog.later(in.resolve(name), metrics))
              .orElseGet(() -> AccessLog.off(metrics));
    };
  }

  @Override
  public synchronized void close() {
    logs.values().forEach(AccessLog::close);
  }
}
