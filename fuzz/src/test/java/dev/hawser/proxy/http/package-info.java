/**
 * Heads of HTTP/1, fuzzed.
 *
 * <p>Starting point: {@link dev.hawser.proxy.http.HeadFuzz}.
 */
@NullMarked
package dev.hawser.proxy.http;

import org.jspecify.annotations.NullMarked;
