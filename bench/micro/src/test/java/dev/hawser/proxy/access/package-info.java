/**
 * Authorization, measured.
 *
 * <p>Starting point: {@link dev.hawser.proxy.access.AccessBenchmark}.
 */
@NullMarked
package dev.hawser.proxy.access;

import org.jspecify.annotations.NullMarked;
