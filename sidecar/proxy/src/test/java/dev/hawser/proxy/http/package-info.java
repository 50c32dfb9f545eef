/**
 * Tests of HTTP connections alone, without sockets.
 *
 * <p>Starting points: {@link dev.hawser.proxy.http.Http1ClientConnectionTest}.
 */
@NullMarked
package dev.hawser.proxy.http;

import org.jspecify.annotations.NullMarked;
