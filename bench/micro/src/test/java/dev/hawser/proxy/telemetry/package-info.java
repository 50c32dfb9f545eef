/**
 * Metrics of requests, measured.
 *
 * <p>Starting point: {@link dev.hawser.proxy.telemetry.MetricsBenchmark}.
 */
@NullMarked
package dev.hawser.proxy.telemetry;

import org.jspecify.annotations.NullMarked;
