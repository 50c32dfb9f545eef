package dev.hawser.proxy.upstream;

import dev.hawser.engine.metrics.Counter;
import dev.hawser.engine.metrics.Metrics;

/** What is counted about one upstream. Safe for use by any thread. */
public final class UpstreamStats {
  private final Counter opened;
  private final Counter connectFailed;
  private final Counter retried;
  private final Counter retriesDenied;
  private final Counter broken;

  UpstreamStats(Metrics metrics, String upstream) {
    opened =
        metrics
            .counter(
                "hawser_upstream_connections_opened_total",
                "Connections opened to endpoints",
                "upstream")
            .with(upstream);
    connectFailed =
        metrics
            .counter(
                "hawser_upstream_connect_failures_total",
                "Connections that did not come about",
                "upstream")
            .with(upstream);
    retried =
        metrics
            .counter(
                "hawser_upstream_retries_total", "Tries after the first of a request", "upstream")
            .with(upstream);
    retriesDenied =
        metrics
            .counter(
                "hawser_upstream_retries_denied_total",
                "Retries that the budget did not allow",
                "upstream")
            .with(upstream);
    broken =
        metrics
            .counter(
                "hawser_upstream_broken_responses_total",
                "Responses that broke off after they had begun; these are never retried",
                "upstream")
            .with(upstream);
  }

  void opened() {
    opened.increment();
  }

  void connectFailed() {
    connectFailed.increment();
  }

  /** A request is tried again. */
  public void retried() {
    retried.increment();
  }

  /** A request could have been tried again but for the budget. */
  public void retryDenied() {
    retriesDenied.increment();
  }

  /** A response broke off after it had begun. */
  public void broken() {
    broken.increment();
  }
}
