/**
 * Traces: whose trace a request belongs to (W3C Trace Context, B3), and the spans that are sent to
 * a collector over OTLP.
 *
 * <p>Starting points: {@link dev.hawser.proxy.trace.TracePlan}, {@link
 * dev.hawser.proxy.trace.SpanSender}.
 */
@NullMarked
package dev.hawser.proxy.trace;

import org.jspecify.annotations.NullMarked;
