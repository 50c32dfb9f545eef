package dev.hawser.proxy.upstream;

/** What is counted about an upstream: each with Envoy's name and with ours for Prometheus. */
public enum UpstreamStat {
  CX_TOTAL(
      "upstream_cx_total",
      "hawser_upstream_connections_opened_total",
      "Connections opened to endpoints"),
  CX_CONNECT_FAIL(
      "upstream_cx_connect_fail",
      "hawser_upstream_connect_failures_total",
      "Connections that did not come about"),
  CX_OVERFLOW(
      "upstream_cx_overflow",
      "hawser_upstream_connections_overflow_total",
      "Connections that the circuit breaker did not allow"),
  CX_POOL_OVERFLOW(
      "upstream_cx_pool_overflow",
      "hawser_upstream_pools_overflow_total",
      "Pools of connections that the circuit breaker did not allow"),
  CX_MAX_REQUESTS(
      "upstream_cx_max_requests",
      "hawser_upstream_connections_max_requests_total",
      "Connections ended after the number of requests that one may take"),
  CX_MAX_DURATION(
      "upstream_cx_max_duration_reached",
      "hawser_upstream_connections_max_duration_total",
      "Connections ended after the time that one may stand"),
  RQ_TOTAL(
      "upstream_rq_total", "hawser_upstream_requests_total", "Requests sent, every try counted"),
  RQ_1XX("upstream_rq_1xx", "hawser_upstream_responses_1xx_total", "Final answers with 1xx"),
  RQ_2XX("upstream_rq_2xx", "hawser_upstream_responses_2xx_total", "Answers with 2xx"),
  RQ_3XX("upstream_rq_3xx", "hawser_upstream_responses_3xx_total", "Answers with 3xx"),
  RQ_4XX("upstream_rq_4xx", "hawser_upstream_responses_4xx_total", "Answers with 4xx"),
  RQ_5XX("upstream_rq_5xx", "hawser_upstream_responses_5xx_total", "Answers with 5xx"),
  RQ_OVERFLOW(
      "upstream_rq_active_overflow",
      "hawser_upstream_requests_overflow_total",
      "Requests that the circuit breaker did not allow"),
  RQ_PENDING_TOTAL(
      "upstream_rq_pending_total",
      "hawser_upstream_requests_pending_total",
      "Requests that waited for a connection"),
  RQ_PENDING_OVERFLOW(
      "upstream_rq_pending_overflow",
      "hawser_upstream_requests_pending_overflow_total",
      "Requests that the circuit breaker did not allow to wait"),
  RQ_RETRY("upstream_rq_retry", "hawser_upstream_retries_total", "Tries after the first"),
  RQ_RETRY_SUCCESS(
      "upstream_rq_retry_success",
      "hawser_upstream_retries_success_total",
      "Requests that were answered below 500 after another try"),
  RQ_RETRY_OVERFLOW(
      "upstream_rq_retry_overflow",
      "hawser_upstream_retries_denied_total",
      "Retries that budget or circuit breaker did not allow"),
  RQ_RETRY_LIMIT_EXCEEDED(
      "upstream_rq_retry_limit_exceeded",
      "hawser_upstream_retries_exhausted_total",
      "Requests that failed after as many tries as there may be"),
  RQ_TIMEOUT(
      "upstream_rq_timeout",
      "hawser_upstream_requests_timeout_total",
      "Requests that were not answered in time"),
  RQ_PER_TRY_TIMEOUT(
      "upstream_rq_per_try_timeout",
      "hawser_upstream_tries_timeout_total",
      "Tries that were not answered in time"),
  RQ_PER_TRY_IDLE_TIMEOUT(
      "upstream_rq_per_try_idle_timeout",
      "hawser_upstream_tries_idle_timeout_total",
      "Tries that fell silent"),
  RQ_RX_RESET(
      "upstream_rq_rx_reset",
      "hawser_upstream_resets_received_total",
      "Tries that broke off before the end of the answer"),
  RQ_BROKEN(
      "upstream_rq_broken",
      "hawser_upstream_broken_responses_total",
      "Responses that broke off after they had begun; these are never retried"),
  CHECK_ATTEMPT("health_check.attempt", "hawser_upstream_checks_total", "Active checks"),
  CHECK_SUCCESS(
      "health_check.success", "hawser_upstream_checks_passed_total", "Active checks passed"),
  CHECK_FAILURE(
      "health_check.failure", "hawser_upstream_checks_failed_total", "Active checks failed"),
  CHECK_NETWORK_FAILURE(
      "health_check.network_failure",
      "hawser_upstream_checks_unanswered_total",
      "Active checks failed for want of an answer"),
  EJECTIONS_OVERFLOW(
      "outlier_detection.ejections_overflow",
      "hawser_upstream_ejections_overflow_total",
      "Ejections left undone since too many instances are out already"),
  EJECTIONS_ENFORCED(
      "outlier_detection.ejections_enforced_total",
      "hawser_upstream_ejections_total",
      "Ejections of instances");

  private final String envoyName;
  private final String metric;
  private final String help;

  UpstreamStat(String envoyName, String metric, String help) {
    this.envoyName = envoyName;
    this.metric = metric;
    this.help = help;
  }

  /** Returns the name under {@code cluster.<name>.}, as Envoy has it. */
  public String envoyName() {
    return envoyName;
  }

  String metric() {
    return metric;
  }

  String help() {
    return help;
  }
}
