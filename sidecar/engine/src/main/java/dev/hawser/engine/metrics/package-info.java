/**
 * Counters, gauges and histograms in Prometheus' text format.
 *
 * <p>Starting points: {@link dev.hawser.engine.metrics.Metrics}.
 */
@NullMarked
package dev.hawser.engine.metrics;

import org.jspecify.annotations.NullMarked;
