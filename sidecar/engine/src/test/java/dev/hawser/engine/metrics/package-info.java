/**
 * The text that Prometheus reads.
 *
 * <p>Starting points: {@code MetricsTest}.
 */
@NullMarked
package dev.hawser.engine.metrics;

import org.jspecify.annotations.NullMarked;
