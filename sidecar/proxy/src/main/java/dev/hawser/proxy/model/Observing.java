package dev.hawser.proxy.model;

import java.util.List;
import java.util.Optional;

/** What is told about each request beside metrics: logs and spans. */
public record Observing(List<LogRule> logs, Optional<TraceRule> tracing) {
  /** Nothing; requests then do not notice it. */
  public static final Observing NONE = new Observing(List.of(), Optional.empty());

  public Observing {
    logs = List.copyOf(logs);
  }
}
