/**
 * Metrics and log lines.
 *
 * <p>Starting points: {@link dev.hawser.proxy.telemetry.AccessLogTest}.
 */
@NullMarked
package dev.hawser.proxy.telemetry;

import org.jspecify.annotations.NullMarked;
