package dev.hawser.proxy.codec;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.OutlierPolicy;
import dev.hawser.proxy.model.OutlierPolicy.InRow;
import io.envoyproxy.envoy.config.cluster.v3.OutlierDetection;
import java.time.Duration;

/** Reads when endpoints are left out for a while. Where a field is absent, Envoy's value counts. */
final class OutlierCodec {
  private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(10);
  private static final Duration DEFAULT_BASE = Duration.ofSeconds(30);
  private static final Duration DEFAULT_MAX = Duration.ofMinutes(5);
  private static final int ALL = 100;

  private OutlierCodec() {}

  static OutlierPolicy policy(String path, OutlierDetection from) throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path,
        from,
        "consecutive_5xx",
        "enforcing_consecutive_5xx",
        "consecutive_gateway_failure",
        "enforcing_consecutive_gateway_failure",
        "split_external_local_origin_errors",
        "consecutive_local_origin_failure",
        "enforcing_consecutive_local_origin_failure",
        "success_rate_minimum_hosts",
        "success_rate_request_volume",
        "success_rate_stdev_factor",
        "enforcing_success_rate",
        "enforcing_local_origin_success_rate",
        "failure_percentage_threshold",
        "failure_percentage_minimum_hosts",
        "failure_percentage_request_volume",
        "enforcing_failure_percentage",
        "enforcing_failure_percentage_local_origin",
        "interval",
        "base_ejection_time",
        "max_ejection_time",
        "max_ejection_time_jitter",
        "max_ejection_percent",
        "always_eject_one_host",
        "successful_active_health_check_uneject_host");
    try {
      return read(path, from);
    } catch (IllegalArgumentException e) {
      throw Fields.rejected(path, String.valueOf(e.getMessage()));
    }
  }

  private static OutlierPolicy read(String path, OutlierDetection from)
      throws ResourceRejectedException {
    return new OutlierPolicy(
        from.hasInterval()
            ? Fields.duration(path + ".interval", from.getInterval())
            : DEFAULT_INTERVAL,
        from.getSplitExternalLocalOriginErrors(),
        new InRow(
            LimitCodec.or(from.hasConsecutive5Xx(), from.getConsecutive5Xx(), 5),
            LimitCodec.or(
                from.hasEnforcingConsecutive5Xx(), from.getEnforcingConsecutive5Xx(), ALL)),
        new InRow(
            LimitCodec.or(
                from.hasConsecutiveGatewayFailure(), from.getConsecutiveGatewayFailure(), 5),
            LimitCodec.or(
                from.hasEnforcingConsecutiveGatewayFailure(),
                from.getEnforcingConsecutiveGatewayFailure(),
                0)),
        new InRow(
            LimitCodec.or(
                from.hasConsecutiveLocalOriginFailure(),
                from.getConsecutiveLocalOriginFailure(),
                5),
            LimitCodec.or(
                from.hasEnforcingConsecutiveLocalOriginFailure(),
                from.getEnforcingConsecutiveLocalOriginFailure(),
                ALL)),
        new OutlierPolicy.SuccessRate(
            LimitCodec.or(from.hasSuccessRateMinimumHosts(), from.getSuccessRateMinimumHosts(), 5),
            LimitCodec.or(
                from.hasSuccessRateRequestVolume(), from.getSuccessRateRequestVolume(), 100),
            LimitCodec.or(from.hasSuccessRateStdevFactor(), from.getSuccessRateStdevFactor(), 1900)
                / 1000.0,
            LimitCodec.or(from.hasEnforcingSuccessRate(), from.getEnforcingSuccessRate(), ALL),
            LimitCodec.or(
                from.hasEnforcingLocalOriginSuccessRate(),
                from.getEnforcingLocalOriginSuccessRate(),
                ALL)),
        failurePercent(from),
        ejection(path, from));
  }

  private static OutlierPolicy.FailurePercent failurePercent(OutlierDetection from) {
    return new OutlierPolicy.FailurePercent(
        LimitCodec.or(
            from.hasFailurePercentageThreshold(), from.getFailurePercentageThreshold(), 85),
        LimitCodec.or(
            from.hasFailurePercentageMinimumHosts(), from.getFailurePercentageMinimumHosts(), 5),
        LimitCodec.or(
            from.hasFailurePercentageRequestVolume(), from.getFailurePercentageRequestVolume(), 50),
        LimitCodec.or(
            from.hasEnforcingFailurePercentage(), from.getEnforcingFailurePercentage(), 0),
        LimitCodec.or(
            from.hasEnforcingFailurePercentageLocalOrigin(),
            from.getEnforcingFailurePercentageLocalOrigin(),
            0));
  }

  private static OutlierPolicy.Ejection ejection(String path, OutlierDetection from)
      throws ResourceRejectedException {
    Duration base =
        from.hasBaseEjectionTime()
            ? Fields.duration(path + ".base_ejection_time", from.getBaseEjectionTime())
            : DEFAULT_BASE;
    Duration most =
        from.hasMaxEjectionTime()
            ? Fields.duration(path + ".max_ejection_time", from.getMaxEjectionTime())
            : DEFAULT_MAX;
    return new OutlierPolicy.Ejection(
        base,
        most.compareTo(base) < 0 ? base : most,
        Fields.duration(path + ".max_ejection_time_jitter", from.getMaxEjectionTimeJitter()),
        LimitCodec.or(from.hasMaxEjectionPercent(), from.getMaxEjectionPercent(), 10),
        from.getAlwaysEjectOneHost().getValue(),
        !from.hasSuccessfulActiveHealthCheckUnejectHost()
            || from.getSuccessfulActiveHealthCheckUnejectHost().getValue());
  }
}
