/**
 * Heads of HTTP/1, measured.
 *
 * <p>Starting point: {@link dev.hawser.proxy.http.HeadBenchmark}.
 */
@NullMarked
package dev.hawser.proxy.http;

import org.jspecify.annotations.NullMarked;
