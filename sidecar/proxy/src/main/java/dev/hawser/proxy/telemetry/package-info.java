/**
 * What is told about requests and connections: Istio's metrics and the access log.
 *
 * <p>Starting points: {@link dev.hawser.proxy.telemetry.Telemetry}, {@link
 * dev.hawser.proxy.telemetry.AccessLog}.
 */
@NullMarked
package dev.hawser.proxy.telemetry;

import org.jspecify.annotations.NullMarked;
