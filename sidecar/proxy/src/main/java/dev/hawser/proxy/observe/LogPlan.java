package dev.hawser.proxy.observe;

import dev.hawser.proxy.model.LogFilter;
import dev.hawser.proxy.model.LogRule;
import dev.hawser.proxy.telemetry.AccessLog;
import java.util.SplittableRandom;

/** One access log of a listener, ready for use. Immutable. */
final class LogPlan {
  private final LogRule rule;
  private final LogFormat format;
  private final AccessLog log;

  LogPlan(LogRule rule, AccessLog log) {
    this.rule = rule;
    this.format = LogFormat.of(rule.format());
    this.log = log;
  }

  /** Hands a line over unless the filter keeps it out; on the request's loop. */
  void write(LogEntry entry, SplittableRandom random) {
    LogFilter filter = rule.filter().orElse(null);
    if (filter == null || LogJudge.passes(filter, entry, random)) {
      log.write(out -> format.append(out, entry));
    }
  }
}
