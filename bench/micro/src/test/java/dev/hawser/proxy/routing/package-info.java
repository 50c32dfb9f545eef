/**
 * Finding a route and obeying it, measured.
 *
 * <p>Starting point: {@link dev.hawser.proxy.routing.RouteMatchBenchmark}.
 */
@NullMarked
package dev.hawser.proxy.routing;

import org.jspecify.annotations.NullMarked;
