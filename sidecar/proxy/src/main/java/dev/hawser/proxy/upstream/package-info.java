/**
 * The connections to where requests go: pools per worker, HTTP/2 and raw TCP over mutual TLS to
 * other proxies, HTTP/1.1 and HTTP/2 to the local application, and the probes.
 *
 * <p>Starting points: {@link dev.hawser.proxy.upstream.Upstreams}, {@link
 * dev.hawser.proxy.upstream.WorkerUpstream}, {@link dev.hawser.proxy.upstream.ConnectionPool}.
 */
@NullMarked
package dev.hawser.proxy.upstream;

import org.jspecify.annotations.NullMarked;
