package dev.hawser.controlplane.xds;

import io.envoyproxy.envoy.config.cluster.v3.OutlierDetection;
import java.time.Duration;
import java.util.Optional;

/** When a caller leaves an endpoint out for a while. */
final class Outliers {
  private static final int CONSECUTIVE = 5;
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration BASE_EJECTION = Duration.ofSeconds(10);
  private static final int ALL = 100;

  private Outliers() {}

  /**
   * Returns the detection, with the mesh's defaults where a policy is silent: five errors in a row,
   * looked at every second, 10 s out at first, and all endpoints may be out at once, since a
   * failover has somewhere else to go. Success rates are not compared: with few endpoints they
   * eject the innocent.
   */
  static OutlierDetection of(
      Optional<dev.hawser.controlplane.policy.DestinationRule.OutlierDetection> policy) {
    OutlierDetection.Builder detection =
        OutlierDetection.newBuilder()
            .setConsecutive5Xx(Wire.u32(CONSECUTIVE))
            .setConsecutiveGatewayFailure(Wire.u32(CONSECUTIVE))
            .setEnforcingConsecutive5Xx(Wire.u32(ALL))
            .setEnforcingConsecutiveGatewayFailure(Wire.u32(ALL))
            .setEnforcingSuccessRate(Wire.u32(0))
            .setInterval(Wire.duration(INTERVAL))
            .setBaseEjectionTime(Wire.duration(BASE_EJECTION))
            .setMaxEjectionPercent(Wire.u32(ALL));
    policy.ifPresent(rule -> {
      rule.consecutive5xx().ifPresent(errors -> fiveHundreds(detection, errors));
      rule.consecutiveGatewayErrors().ifPresent(errors -> gatewayErrors(detection, errors));
      rule.interval().ifPresent(value -> detection.setInterval(Wire.duration(value)));
      rule.baseEjectionTime()
          .ifPresent(value -> detection.setBaseEjectionTime(Wire.duration(value)));
      rule.maxEjectionPercent()
          .ifPresent(value -> detection.setMaxEjectionPercent(Wire.u32(value)));
    });
    return detection.build();
  }

  /** In Istio's words 0 switches the check off. */
  private static void fiveHundreds(OutlierDetection.Builder detection, int errors) {
    if (errors == 0) {
      detection.setEnforcingConsecutive5Xx(Wire.u32(0));
    } else {
      detection.setConsecutive5Xx(Wire.u32(errors));
    }
  }

  private static void gatewayErrors(OutlierDetection.Builder detection, int errors) {
    if (errors == 0) {
      detection.setEnforcingConsecutiveGatewayFailure(Wire.u32(0));
    } else {
      detection.setConsecutiveGatewayFailure(Wire.u32(errors));
    }
  }
}
