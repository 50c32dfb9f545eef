package dev.hawser.proxy.upstream;

import dev.hawser.engine.metrics.Counter;
import dev.hawser.engine.metrics.Family;
import dev.hawser.engine.metrics.Metrics;
import dev.hawser.proxy.balance.EjectionCause;
import dev.hawser.proxy.balance.EjectionListener;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** What is counted about one upstream. Safe for use by any thread. */
public final class UpstreamStats implements EjectionListener {
  private static final UpstreamStat[] BY_CLASS = {
    UpstreamStat.RQ_1XX,
    UpstreamStat.RQ_2XX,
    UpstreamStat.RQ_3XX,
    UpstreamStat.RQ_4XX,
    UpstreamStat.RQ_5XX
  };

  private final EnumMap<UpstreamStat, Counter> counters = new EnumMap<>(UpstreamStat.class);
  private final EnumMap<EjectionCause, Counter> detected = new EnumMap<>(EjectionCause.class);
  private final EnumMap<EjectionCause, Counter> enforced = new EnumMap<>(EjectionCause.class);

  UpstreamStats(Metrics metrics, String upstream) {
    for (UpstreamStat stat : UpstreamStat.values()) {
      counters.put(stat, metrics.counter(stat.metric(), stat.help(), "upstream").with(upstream));
    }
    Family<Counter> found =
        metrics.counter(
            "hawser_upstream_outliers_detected_total",
            "Instances that deserved to be left out, by cause",
            "upstream",
            "cause");
    Family<Counter> done =
        metrics.counter(
            "hawser_upstream_outliers_ejected_total",
            "Instances that were left out, by cause",
            "upstream",
            "cause");
    for (EjectionCause cause : EjectionCause.values()) {
      detected.put(cause, found.with(upstream, cause.statName()));
      enforced.put(cause, done.with(upstream, cause.statName()));
    }
  }

  /** Counts one. */
  public void count(UpstreamStat stat) {
    of(counters, stat).increment();
  }

  /** Counts an answer by the class of its status. */
  public void countAnswer(int status) {
    int index = status / 100 - 1;
    if (index >= 0 && index < BY_CLASS.length) {
      count(BY_CLASS[index]);
    }
  }

  private static <K extends Enum<K>> Counter of(EnumMap<K, Counter> from, K key) {
    return Objects.requireNonNull(from.get(key));
  }

  @Override
  public void detected(EjectionCause cause) {
    of(detected, cause).increment();
  }

  @Override
  public void enforced(EjectionCause cause) {
    of(enforced, cause).increment();
    count(UpstreamStat.EJECTIONS_ENFORCED);
  }

  @Override
  public void overflowed() {
    count(UpstreamStat.EJECTIONS_OVERFLOW);
  }

  /** Returns a count. */
  public long value(UpstreamStat stat) {
    return of(counters, stat).value();
  }

  /** Returns all counts by Envoy's names. */
  public Map<String, Long> byEnvoyName() {
    Map<String, Long> values = new LinkedHashMap<>();
    counters.forEach((stat, counter) -> values.put(stat.envoyName(), counter.value()));
    detected.forEach((cause, counter) ->
        values.put("outlier_detection.ejections_detected_" + cause.statName(), counter.value()));
    enforced.forEach((cause, counter) ->
        values.put("outlier_detection.ejections_enforced_" + cause.statName(), counter.value()));
    return values;
  }
}
