package dev.hawser.proxy.balance;

import java.util.Locale;

/** Why an instance is left out, in Envoy's words. */
public enum EjectionCause {
  CONSECUTIVE_5XX,
  CONSECUTIVE_GATEWAY_FAILURE,
  CONSECUTIVE_LOCAL_ORIGIN_FAILURE,
  SUCCESS_RATE,
  FAILURE_PERCENTAGE,
  LOCAL_ORIGIN_SUCCESS_RATE,
  LOCAL_ORIGIN_FAILURE_PERCENTAGE;

  /** Returns the name as Envoy's statistics have it. */
  public String statName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
